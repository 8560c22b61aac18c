-- title: Flushes against updates
-- question: What part of the cost of the mprotect calls is flushing the TLB, and what part is updating PTEs?
-- parameter profile = xen-modern : cost profile
-- parameter replay = latest : number of a replay, latest or all
WITH parts AS (
  SELECT replay, backend, unit, n, typical, operation,
    CASE
      WHEN operation IN ('hypercall_mmuext_op', 'mmuext_op', 'invlpg') OR operation LIKE 'tlb%' THEN 'flush'
      WHEN operation IN ('syscall', 'syscall_bounce', 'vma_change') THEN 'call'
      ELSE 'update'
    END AS part
  FROM priced_operation
  WHERE cause = 'mprotect' AND profile = $profile AND replay_chosen(replay, $replay)
)
SELECT replay, backend, unit,
  CAST(coalesce(sum(n) FILTER (operation IN ('ptwr_cmpxchg', 'ptwr_write')), 0) AS BIGINT) AS traps,
  CAST(coalesce(sum(n) FILTER (operation LIKE 'hypercall%' AND operation <> 'hypercall_mmuext_op'), 0)
    - (coalesce(sum(n) FILTER (operation = 'mmuext_op'), 0) - coalesce(sum(n) FILTER (operation = 'hypercall_mmuext_op'), 0)) AS BIGINT) AS update_hypercalls,
  CAST(coalesce(sum(n) FILTER (operation = 'mmuext_op'), 0) AS BIGINT) AS flush_hypercalls,
  coalesce(sum(typical) FILTER (part = 'call'), 0) AS call_cost,
  coalesce(sum(typical) FILTER (part = 'update'), 0) AS update_cost,
  coalesce(sum(typical) FILTER (part = 'flush'), 0) AS flush_cost,
  round(100 * coalesce(sum(typical) FILTER (part = 'flush'), 0) / sum(typical), 1) AS flush_percent
FROM parts
GROUP BY replay, backend, unit
ORDER BY replay, backend
