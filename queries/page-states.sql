-- title: Page states
-- question: In which state are the pages at the end?
-- parameter replay = latest : number of a replay, latest or all
SELECT replay, address_space, pid, present, prot_none, writable, residency_known, accessed_state, dirty_state, count(*) AS pages,
  address_text(min(address)) AS lowest, address_text(max(address)) AS highest
FROM page_state
WHERE replay_chosen(replay, $replay)
GROUP BY ALL
ORDER BY replay, address_space, pid, pages DESC, present DESC, prot_none DESC, writable DESC, residency_known DESC, accessed_state, dirty_state
