-- title: Unpriced operations
-- question: Which operations were counted that a cost profile has no price for?
-- parameter replay = all : number of a replay, latest or all
SELECT profile, operation, replay, backend, n
FROM unpriced
WHERE replay_chosen(replay, $replay)
ORDER BY profile, operation, replay, backend
