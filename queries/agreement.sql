-- title: Agreement with observations
-- question: Where a trace shows what the kernel did, how often does the replay say the same?
-- parameter replay = all : number of a replay, latest or all
SELECT replay, attribute, checked, equal, different, undecided
FROM agreement
WHERE replay_chosen(replay, $replay)
ORDER BY replay, attribute
