-- Macros and views; rewritten whenever the program that opens the file has others.

CREATE OR REPLACE MACRO address_text(a) AS format('0x{:x}', a);
COMMENT ON MACRO address_text IS 'An address in hex';

CREATE OR REPLACE MACRO protection_text(p) AS
  CASE WHEN p & 1 = 0 THEN '-' ELSE 'r' END || CASE WHEN p & 2 = 0 THEN '-' ELSE 'w' END || CASE WHEN p & 4 = 0 THEN '-' ELSE 'x' END
  || CASE WHEN p & ~7 = 0 THEN '' ELSE format('+0x{:x}', p & ~7) END;
COMMENT ON MACRO protection_text IS 'A protection as rwx, with further bits in hex';

CREATE OR REPLACE MACRO replay_chosen(replay_id, choice) AS
  choice = 'all' OR CAST(replay_id AS VARCHAR) = choice OR (choice = 'latest' AND replay_id = (SELECT max(id) FROM replay));
COMMENT ON MACRO replay_chosen IS 'Whether a replay is meant by all, latest or its number';

CREATE OR REPLACE MACRO quotient(a, b) AS CASE WHEN b > 0 THEN a / b WHEN a > 0 THEN CAST('infinity' AS DOUBLE) END;
COMMENT ON MACRO quotient IS 'a / b; infinity where only b is 0, NULL where both are';

CREATE OR REPLACE MACRO share_text(part, whole) AS CASE WHEN part = 0 THEN '0 %' WHEN 100 * part < whole THEN '<1 %' ELSE 100 * part // whole || ' %' END;
COMMENT ON MACRO share_text IS 'A share in whole percent, rounded down; <1 % where that would hide it';

CREATE OR REPLACE VIEW price AS
SELECT p.profile, b.backend, o.name AS operation,
  CASE WHEN own.operation IS NULL THEN '' ELSE b.backend END AS holds_for,
  coalesce(own.low, general.low) AS low, coalesce(own.typical, general.typical) AS typical,
  coalesce(own.high, general.high) AS high, p.unit, coalesce(own.source, general.source) AS source
FROM cost_profile p
CROSS JOIN (SELECT DISTINCT backend FROM run) b
CROSS JOIN operation o
LEFT JOIN cost own ON own.profile = p.profile AND own.backend = b.backend AND own.operation = o.name
LEFT JOIN cost general ON general.profile = p.profile AND general.backend IS NULL AND general.operation = o.name
WHERE own.operation IS NOT NULL OR general.operation IS NOT NULL;
COMMENT ON VIEW price IS 'The price of every operation under every backend that was run';
COMMENT ON COLUMN price.profile IS 'The cost profile';
COMMENT ON COLUMN price.backend IS 'The backend';
COMMENT ON COLUMN price.operation IS 'The operation';
COMMENT ON COLUMN price.holds_for IS 'The backend if the price is its own, empty if it is shared by every backend';
COMMENT ON COLUMN price.low IS 'Lowest plausible price, in the unit';
COMMENT ON COLUMN price.typical IS 'Typical price, in the unit';
COMMENT ON COLUMN price.high IS 'Highest plausible price, in the unit';
COMMENT ON COLUMN price.unit IS 'Unit of the price';
COMMENT ON COLUMN price.source IS 'Where the price comes from';

CREATE OR REPLACE VIEW priced_operation AS
SELECT r.replay, c.run, r.backend, c.cause, p.profile, p.unit, c.operation, c.n,
  p.low AS price_low, p.typical AS price_typical, p.high AS price_high,
  c.n * p.low AS low, c.n * p.typical AS typical, c.n * p.high AS high
FROM operation_count c
JOIN run r ON r.id = c.run
JOIN price p ON p.backend = r.backend AND p.operation = c.operation;
COMMENT ON VIEW priced_operation IS 'Operations of a run with their price and cost; what has no price is missing here and listed by unpriced';
COMMENT ON COLUMN priced_operation.replay IS 'The replay';
COMMENT ON COLUMN priced_operation.run IS 'The run';
COMMENT ON COLUMN priced_operation.backend IS 'The backend of the run';
COMMENT ON COLUMN priced_operation.cause IS 'What the kernel was doing';
COMMENT ON COLUMN priced_operation.profile IS 'The cost profile';
COMMENT ON COLUMN priced_operation.unit IS 'Unit of prices and costs';
COMMENT ON COLUMN priced_operation.operation IS 'The operation';
COMMENT ON COLUMN priced_operation.n IS 'How often it was carried out';
COMMENT ON COLUMN priced_operation.price_low IS 'Lowest plausible price of one, in the unit';
COMMENT ON COLUMN priced_operation.price_typical IS 'Typical price of one, in the unit';
COMMENT ON COLUMN priced_operation.price_high IS 'Highest plausible price of one, in the unit';
COMMENT ON COLUMN priced_operation.low IS 'Cost at the lowest price, in the unit';
COMMENT ON COLUMN priced_operation.typical IS 'Cost at the typical price, in the unit';
COMMENT ON COLUMN priced_operation.high IS 'Cost at the highest price, in the unit';

CREATE OR REPLACE VIEW unpriced AS
SELECT r.replay, c.run, r.backend, p.profile, c.operation, CAST(sum(c.n) AS BIGINT) AS n
FROM operation_count c
JOIN run r ON r.id = c.run
CROSS JOIN cost_profile p
WHERE NOT EXISTS (
  SELECT 1 FROM cost k
  WHERE k.profile = p.profile AND k.operation = c.operation AND coalesce(k.backend = r.backend, TRUE))
GROUP BY ALL;
COMMENT ON VIEW unpriced IS 'Operations that were counted and have no price: a cost of that run under that profile would be too low';
COMMENT ON COLUMN unpriced.replay IS 'The replay';
COMMENT ON COLUMN unpriced.run IS 'The run';
COMMENT ON COLUMN unpriced.backend IS 'The backend of the run';
COMMENT ON COLUMN unpriced.profile IS 'The cost profile that lacks the price';
COMMENT ON COLUMN unpriced.operation IS 'The operation';
COMMENT ON COLUMN unpriced.n IS 'How often it was carried out, whatever the cause';

CREATE OR REPLACE VIEW run_cost AS
SELECT replay, run, backend, cause, profile, unit, sum(low) AS low, sum(typical) AS typical, sum(high) AS high
FROM priced_operation
GROUP BY ALL;
COMMENT ON VIEW run_cost IS 'Cost of a run by cause';
COMMENT ON COLUMN run_cost.replay IS 'The replay';
COMMENT ON COLUMN run_cost.run IS 'The run';
COMMENT ON COLUMN run_cost.backend IS 'The backend of the run';
COMMENT ON COLUMN run_cost.cause IS 'What the kernel was doing';
COMMENT ON COLUMN run_cost.profile IS 'The cost profile';
COMMENT ON COLUMN run_cost.unit IS 'Unit of the costs';
COMMENT ON COLUMN run_cost.low IS 'Cost with every price at its lowest, in the unit';
COMMENT ON COLUMN run_cost.typical IS 'Cost with every price typical, in the unit';
COMMENT ON COLUMN run_cost.high IS 'Cost with every price at its highest, in the unit';

-- How many times dearer one backend is than another. On one machine an operation has one price, the same in numerator
-- and denominator, so the bounds are those of sum(numerator * p) / sum(denominator * p) over all p between low and high,
-- not low / high and high / low. Such a quotient is largest where the operations with the largest
-- numerator / denominator are at their highest price and all others at their lowest (a linear-fractional program over
-- a box), so it is enough to try every place to cut that order; the smallest is found with high and low exchanged.
CREATE OR REPLACE VIEW cost_ratio AS
WITH counted AS (
  SELECT r.replay, p.profile, r.backend, c.operation, p.holds_for, CAST(c.n AS DOUBLE) AS n, p.low, p.typical, p.high
  FROM operation_count c
  JOIN run r ON r.id = c.run
  JOIN price p ON p.backend = r.backend AND p.operation = c.operation
  WHERE c.cause = 'mprotect' AND r.failure IS NULL
), member AS (
  SELECT DISTINCT replay, profile, backend FROM counted
), pair AS (
  SELECT a.replay, a.profile, a.backend, b.backend AS baseline
  FROM member a JOIN member b ON b.replay = a.replay AND b.profile = a.profile
), term AS (
  SELECT replay, profile, backend, baseline, operation, holds_for, low, typical, high,
    sum(numerator) AS numerator, sum(denominator) AS denominator,
    CASE WHEN sum(denominator) > 0 THEN sum(numerator) / sum(denominator) ELSE CAST('infinity' AS DOUBLE) END AS rank
  FROM (
    SELECT p.*, c.operation, c.holds_for, c.low, c.typical, c.high, c.n AS numerator, 0 AS denominator
    FROM pair p JOIN counted c ON c.replay = p.replay AND c.profile = p.profile AND c.backend = p.backend
    UNION ALL
    SELECT p.*, c.operation, c.holds_for, c.low, c.typical, c.high, 0, c.n
    FROM pair p JOIN counted c ON c.replay = p.replay AND c.profile = p.profile AND c.backend = p.baseline)
  GROUP BY ALL
), cut AS (
  SELECT replay, profile, backend, baseline,
    sum(numerator * typical) OVER every_term AS numerator_typical,
    sum(denominator * typical) OVER every_term AS denominator_typical,
    quotient(
      sum(numerator * high) OVER head + coalesce(sum(numerator * low) OVER tail, 0),
      sum(denominator * high) OVER head + coalesce(sum(denominator * low) OVER tail, 0)) AS upper,
    quotient(
      sum(numerator * low) OVER head + coalesce(sum(numerator * high) OVER tail, 0),
      sum(denominator * low) OVER head + coalesce(sum(denominator * high) OVER tail, 0)) AS lower,
    quotient(sum(numerator * low) OVER every_term, sum(denominator * low) OVER every_term) AS all_low,
    quotient(sum(numerator * high) OVER every_term, sum(denominator * high) OVER every_term) AS all_high
  FROM term
  WINDOW
    every_term AS (PARTITION BY replay, profile, backend, baseline),
    head AS (PARTITION BY replay, profile, backend, baseline ORDER BY rank DESC, operation, holds_for ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
    tail AS (PARTITION BY replay, profile, backend, baseline ORDER BY rank DESC, operation, holds_for ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)
)
SELECT replay, profile, backend, baseline,
  least(min(lower), min(all_high)) AS low,
  quotient(any_value(numerator_typical), any_value(denominator_typical)) AS typical,
  greatest(max(upper), max(all_low)) AS high
FROM cut
GROUP BY ALL;
COMMENT ON VIEW cost_ratio IS 'Cost of the mprotect calls under one backend divided by that under another, with exact bounds; failed runs left out';
COMMENT ON COLUMN cost_ratio.replay IS 'The replay';
COMMENT ON COLUMN cost_ratio.profile IS 'The cost profile';
COMMENT ON COLUMN cost_ratio.backend IS 'The backend in the numerator';
COMMENT ON COLUMN cost_ratio.baseline IS 'The backend in the denominator';
COMMENT ON COLUMN cost_ratio.low IS 'Smallest quotient that any prices between low and high give';
COMMENT ON COLUMN cost_ratio.typical IS 'Quotient at typical prices';
COMMENT ON COLUMN cost_ratio.high IS 'Largest quotient that any prices between low and high give';

CREATE OR REPLACE VIEW cost_by_backend AS
SELECT r.replay, t.source AS trace, y.guest_kernel, y.residency, y.residency_assumed, p.profile, p.unit, r.id AS run, r.backend,
  r.correct, r.failure, y.calls, coalesce(c.low, 0) AS low, coalesce(c.typical, 0) AS typical, coalesce(c.high, 0) AS high,
  q.low AS ratio_low, q.typical AS ratio_typical, q.high AS ratio_high
FROM run r
JOIN replay y ON y.id = r.replay
JOIN trace t ON t.id = r.trace
CROSS JOIN cost_profile p
LEFT JOIN run_cost c ON c.run = r.id AND c.profile = p.profile AND c.cause = 'mprotect'
LEFT JOIN cost_ratio q ON q.replay = r.replay AND q.profile = p.profile AND q.backend = r.backend AND q.baseline = 'native';
COMMENT ON VIEW cost_by_backend IS 'What the mprotect calls of a replay cost under each backend, also relative to native';
COMMENT ON COLUMN cost_by_backend.replay IS 'The replay';
COMMENT ON COLUMN cost_by_backend.trace IS 'File name of the raw trace';
COMMENT ON COLUMN cost_by_backend.guest_kernel IS 'The guest kernel';
COMMENT ON COLUMN cost_by_backend.residency IS 'Where the knowledge of resident pages comes from';
COMMENT ON COLUMN cost_by_backend.residency_assumed IS 'Whether that is an assumption';
COMMENT ON COLUMN cost_by_backend.profile IS 'The cost profile';
COMMENT ON COLUMN cost_by_backend.unit IS 'Unit of the costs';
COMMENT ON COLUMN cost_by_backend.run IS 'The run';
COMMENT ON COLUMN cost_by_backend.backend IS 'The backend';
COMMENT ON COLUMN cost_by_backend.correct IS 'Whether the backend claims to keep every accessed and dirty bit';
COMMENT ON COLUMN cost_by_backend.failure IS 'Why the backend was dropped; its cost is then partial and has no ratio';
COMMENT ON COLUMN cost_by_backend.calls IS 'mprotect and pkey_mprotect calls';
COMMENT ON COLUMN cost_by_backend.low IS 'Cost with every price at its lowest, in the unit';
COMMENT ON COLUMN cost_by_backend.typical IS 'Cost with every price typical, in the unit';
COMMENT ON COLUMN cost_by_backend.high IS 'Cost with every price at its highest, in the unit';
COMMENT ON COLUMN cost_by_backend.ratio_low IS 'Smallest possible cost relative to native; NULL if native was not run or there was no call';
COMMENT ON COLUMN cost_by_backend.ratio_typical IS 'Cost relative to native at typical prices';
COMMENT ON COLUMN cost_by_backend.ratio_high IS 'Largest possible cost relative to native';

CREATE OR REPLACE VIEW call_cost AS
SELECT r.replay, c.run, r.backend, c.call, p.profile, p.unit,
  sum(c.n * p.low) AS low, sum(c.n * p.typical) AS typical, sum(c.n * p.high) AS high
FROM call_operation c
JOIN run r ON r.id = c.run
JOIN price p ON p.backend = r.backend AND p.operation = c.operation
GROUP BY ALL;
COMMENT ON VIEW call_cost IS 'Cost of one call under one backend';
COMMENT ON COLUMN call_cost.replay IS 'The replay';
COMMENT ON COLUMN call_cost.run IS 'The run';
COMMENT ON COLUMN call_cost.backend IS 'The backend of the run';
COMMENT ON COLUMN call_cost.call IS 'Number of the call';
COMMENT ON COLUMN call_cost.profile IS 'The cost profile';
COMMENT ON COLUMN call_cost.unit IS 'Unit of the costs';
COMMENT ON COLUMN call_cost.low IS 'Cost with every price at its lowest, in the unit';
COMMENT ON COLUMN call_cost.typical IS 'Cost with every price typical, in the unit';
COMMENT ON COLUMN call_cost.high IS 'Cost with every price at its highest, in the unit';

-- A multicall that carries a TLB flush carries nothing else, so the flushes that went by multicall are taken off.
CREATE OR REPLACE VIEW batch_fill AS
SELECT replay, run, backend, call, updates, hypercalls, updates / hypercalls AS fill
FROM (
  SELECT r.replay, c.run, r.backend, c.call,
    CAST(coalesce(sum(c.n) FILTER (c.operation IN ('mmu_update_fast', 'mmu_update_slow', 'mmu_update_get', 'mmu_update_put', 'mmu_update_absent', 'update_va_mapping')), 0) AS BIGINT) AS updates,
    CAST(coalesce(sum(c.n) FILTER (c.operation IN ('hypercall_mmu_update', 'hypercall_update_va_mapping', 'hypercall_multicall', 'hypercall_mmuext_op')), 0)
      - coalesce(sum(c.n) FILTER (c.operation = 'mmuext_op'), 0) AS BIGINT) AS hypercalls
  FROM call_operation c JOIN run r ON r.id = c.run
  GROUP BY ALL)
WHERE updates > 0 AND hypercalls > 0;
COMMENT ON VIEW batch_fill IS 'Page-table updates of one call and the hypercalls that carried them; calls without are left out';
COMMENT ON COLUMN batch_fill.replay IS 'The replay';
COMMENT ON COLUMN batch_fill.run IS 'The run';
COMMENT ON COLUMN batch_fill.backend IS 'The backend of the run';
COMMENT ON COLUMN batch_fill.call IS 'Number of the call';
COMMENT ON COLUMN batch_fill.updates IS 'Page-table updates carried by hypercalls';
COMMENT ON COLUMN batch_fill.hypercalls IS 'Hypercalls that carried them, TLB flushes not counted';
COMMENT ON COLUMN batch_fill.fill IS 'Updates per hypercall';

CREATE OR REPLACE VIEW agreement AS
SELECT replay, attribute, count(*) AS checked, count(*) FILTER (agrees) AS equal, count(*) FILTER (NOT agrees) AS different,
  count(*) FILTER (agrees IS NULL) AS undecided
FROM observation_check
GROUP BY replay, attribute;
COMMENT ON VIEW agreement IS 'How often a replay agrees with what its trace observed, by what was compared';
COMMENT ON COLUMN agreement.replay IS 'The replay';
COMMENT ON COLUMN agreement.attribute IS 'What was compared, such as flushes';
COMMENT ON COLUMN agreement.checked IS 'How often it was to be compared';
COMMENT ON COLUMN agreement.equal IS 'How often model and trace are equal';
COMMENT ON COLUMN agreement.different IS 'How often they differ';
COMMENT ON COLUMN agreement.undecided IS 'How often that cannot be decided';

CREATE OR REPLACE VIEW difference AS
SELECT o.replay, o.call, o.line, o.pid, address_text(c.address) AS start, c.pages, protection_text(c.protection) AS protection,
  o.attribute, address_text(o.address) AS page, o.modelled AS expected, o.observed AS found, o.explanation
FROM observation_check o
LEFT JOIN call c ON c.replay = o.replay AND c.call = o.call
WHERE NOT o.agrees;
COMMENT ON VIEW difference IS 'Where a replay differs from what its trace observed';
COMMENT ON COLUMN difference.replay IS 'The replay';
COMMENT ON COLUMN difference.call IS 'Number of the call; NULL if none';
COMMENT ON COLUMN difference.line IS 'Line of the raw trace';
COMMENT ON COLUMN difference.pid IS 'Process';
COMMENT ON COLUMN difference.start IS 'Start of the call, hex';
COMMENT ON COLUMN difference.pages IS 'Pages in the range of the call';
COMMENT ON COLUMN difference.protection IS 'Protection that the call asked for';
COMMENT ON COLUMN difference.attribute IS 'What was compared';
COMMENT ON COLUMN difference.page IS 'The page, hex; NULL if the whole call differs';
COMMENT ON COLUMN difference.expected IS 'Value in the model';
COMMENT ON COLUMN difference.found IS 'Value in the trace';
COMMENT ON COLUMN difference.explanation IS 'What was taken over from the trace before';

CREATE OR REPLACE VIEW call_certainty AS
SELECT y.id AS replay, c.certainty, count(k.call) AS calls, CAST(coalesce(sum(k.updated_ptes), 0) AS BIGINT) AS updated_ptes
FROM replay y
CROSS JOIN (VALUES ('known'), ('assumed'), ('unknown')) c(certainty)
LEFT JOIN call k ON k.replay = y.id AND k.certainty = c.certainty
GROUP BY ALL;
COMMENT ON VIEW call_certainty IS 'How far the capture carries the counts of a replay: mprotect calls and PTEs that are known, assumed and unknown';
COMMENT ON COLUMN call_certainty.replay IS 'The replay';
COMMENT ON COLUMN call_certainty.certainty IS 'known, assumed or unknown, see call.certainty';
COMMENT ON COLUMN call_certainty.calls IS 'mprotect and pkey_mprotect calls';
COMMENT ON COLUMN call_certainty.updated_ptes IS 'PTEs that those calls rewrote';

CREATE OR REPLACE VIEW known_calls AS
SELECT replay, any_value(calls) FILTER (certainty = 'known') AS calls_known, any_value(calls) FILTER (certainty = 'assumed') AS calls_assumed,
  any_value(calls) FILTER (certainty = 'unknown') AS calls_unknown, any_value(updated_ptes) FILTER (certainty = 'known') AS ptes_known,
  any_value(updated_ptes) FILTER (certainty = 'assumed') AS ptes_assumed, any_value(updated_ptes) FILTER (certainty = 'unknown') AS ptes_unknown
FROM call_certainty
GROUP BY replay;
COMMENT ON VIEW known_calls IS 'call_certainty with one row for each replay';
COMMENT ON COLUMN known_calls.replay IS 'The replay';
COMMENT ON COLUMN known_calls.calls_known IS 'mprotect calls whose counts are known';
COMMENT ON COLUMN known_calls.calls_assumed IS 'Calls whose counts rest on a named assumption';
COMMENT ON COLUMN known_calls.calls_unknown IS 'Calls whose counts cannot be known';
COMMENT ON COLUMN known_calls.ptes_known IS 'PTEs that calls rewrote whose counts are known';
COMMENT ON COLUMN known_calls.ptes_assumed IS 'PTEs that calls rewrote whose counts rest on a named assumption';
COMMENT ON COLUMN known_calls.ptes_unknown IS 'PTEs that calls rewrote whose counts cannot be known';

-- A bit can be lost where an update of its PTE meets an access: in a call that rewrites PTEs while another thread runs.
-- That none was lost is carried only if no event is missing, every call and every page is known, and there was either
-- no other thread, or the capture shows every access as concurrent and what raced was tried.
CREATE OR REPLACE VIEW verdict AS
WITH open AS (
  SELECT y.id AS replay, count(c.call) FILTER (c.certainty IS DISTINCT FROM 'known') AS calls,
    count(c.call) FILTER (coalesce(c.threaded, TRUE) AND c.updated_ptes > 0) AS threaded
  FROM replay y LEFT JOIN call c ON c.replay = y.id
  GROUP BY y.id
), counted AS (
  SELECT r.replay, r.id AS run, r.backend, r.failure, r.findings, q.mode, coalesce(q.accessed_lost, 0) AS accessed_lost,
    coalesce(q.dirty_lost, 0) AS dirty_lost, coalesce(q.assumed_lost, 0) AS assumed_lost, coalesce(q.invented, 0) AS invented, y.calls, o.calls AS calls_open,
    CASE WHEN t.accesses = 'every' AND t.threads AND t.concurrent AND q.mode IN ('recorded', 'exhaustive') THEN 0 ELSE o.threaded END AS races_open,
    y.pages_ended AS pages, y.pages_undecided, t.lost IS DISTINCT FROM 0 OR t.rejected > 0 AS events_missing
  FROM run r
  JOIN replay y ON y.id = r.replay
  JOIN trace t ON t.id = r.trace
  JOIN open o ON o.replay = r.replay
  LEFT JOIN race q ON q.run = r.id
)
SELECT replay, run, backend, mode,
  failure IS NULL AND findings = 0 AND accessed_lost + dirty_lost + invented = 0
    AND calls_open = 0 AND races_open = 0 AND coalesce(pages_undecided, 1) = 0 AND NOT events_missing AS carried,
  CASE
    WHEN failure IS NOT NULL THEN 'failed'
    WHEN accessed_lost + dirty_lost + invented > 0 THEN
      CASE WHEN mode = 'recorded' AND accessed_lost + dirty_lost > assumed_lost THEN 'lost: ' ELSE 'can be lost: ' END
      || accessed_lost + dirty_lost || CASE WHEN assumed_lost > 0 THEN ' (' || assumed_lost || ' by assumption)' ELSE '' END
      || CASE WHEN invented > 0 THEN ', invented: ' || invented ELSE '' END
    WHEN findings > 0 THEN 'broken: ' || findings || ' findings'
    WHEN carried AND mode = 'exhaustive' THEN 'none at any moment'
    WHEN carried THEN 'none'
    ELSE 'none seen; ' || concat_ws(', ',
      share_text(pages_undecided, pages) || ' of pages undecidable',
      CASE WHEN calls_open > 0 THEN share_text(calls_open, calls) || ' of calls not known' END,
      CASE WHEN races_open > 0 THEN share_text(races_open, calls) || ' of calls may have raced unseen' END,
      CASE WHEN events_missing THEN 'events are missing' END)
  END AS bits_lost,
  findings, accessed_lost, dirty_lost, assumed_lost, invented, calls, calls_open, races_open, pages, pages_undecided, events_missing
FROM counted;
COMMENT ON VIEW verdict IS 'Whether accessed or dirty bits were lost under each backend, and how far the capture carries the answer';
COMMENT ON COLUMN verdict.replay IS 'The replay';
COMMENT ON COLUMN verdict.run IS 'The run';
COMMENT ON COLUMN verdict.backend IS 'The backend of the run';
COMMENT ON COLUMN verdict.mode IS 'Which moments of racing accesses were tried; NULL if none';
COMMENT ON COLUMN verdict.carried IS 'Whether the capture carries that no bit was lost';
COMMENT ON COLUMN verdict.bits_lost IS 'none: no bit was lost, and the capture carries that; none seen: what was seen lost none, and what stays open; lost or can be lost: how many; broken: other breaches of invariants';
COMMENT ON COLUMN verdict.findings IS 'Breaches of invariants';
COMMENT ON COLUMN verdict.accessed_lost IS 'Racing accesses whose A bit was lost';
COMMENT ON COLUMN verdict.dirty_lost IS 'Racing accesses whose D bit was lost';
COMMENT ON COLUMN verdict.assumed_lost IS 'How many of the lost bits rest on an assumption: that the access raced, or that A had been cleared';
COMMENT ON COLUMN verdict.invented IS 'A and D bits that nobody set';
COMMENT ON COLUMN verdict.calls IS 'mprotect and pkey_mprotect calls';
COMMENT ON COLUMN verdict.calls_open IS 'Those of them whose counts are not known';
COMMENT ON COLUMN verdict.races_open IS 'Those of them that rewrote PTEs beside another thread whose accesses the capture does not show, or not as concurrent, or that were not tried';
COMMENT ON COLUMN verdict.pages IS 'Resident pages that ended: unmapped, or there when their address space or the trace ended';
COMMENT ON COLUMN verdict.events_missing IS 'Whether the tracer lost events or lines were rejected: a call may be among them';
COMMENT ON COLUMN verdict.pages_undecided IS 'Those of them of which accessed, dirty or being there at all is not known';

CREATE OR REPLACE VIEW race_by_backend AS
SELECT r.replay, t.source AS trace, r.id AS run, r.backend, r.correct, q.mode, q.assumed_racing,
  coalesce(q.assumed_aging, FALSE) AS assumed_aging, q.windows, q.longest_window, q.candidates,
  q.assumed_candidates, q.schedules, q.losing_schedules, q.races, q.accessed_lost, q.dirty_lost, q.assumed_lost, q.invented,
  q.transient_faults, q.stale_uses, q.cmpxchg_retries, q.xchg_retries,
  v.carried, v.bits_lost AS verdict
FROM race q
JOIN run r ON r.id = q.run
JOIN trace t ON t.id = r.trace
JOIN verdict v ON v.run = q.run;
COMMENT ON VIEW race_by_backend IS 'What racing accesses came to under each backend, and what may be concluded from it';
COMMENT ON COLUMN race_by_backend.replay IS 'The replay';
COMMENT ON COLUMN race_by_backend.trace IS 'File name of the raw trace';
COMMENT ON COLUMN race_by_backend.run IS 'The run';
COMMENT ON COLUMN race_by_backend.backend IS 'The backend';
COMMENT ON COLUMN race_by_backend.correct IS 'Whether the backend claims to keep every accessed and dirty bit';
COMMENT ON COLUMN race_by_backend.mode IS 'Which moments of each access were tried';
COMMENT ON COLUMN race_by_backend.assumed_racing IS 'How far outside a call accesses were assumed to race with it; NULL if only inside';
COMMENT ON COLUMN race_by_backend.assumed_aging IS 'Whether A of every page was taken to have been cleared before each call';
COMMENT ON COLUMN race_by_backend.windows IS 'PTE updates';
COMMENT ON COLUMN race_by_backend.longest_window IS 'Most memory operations on PTEs from a start to its effective commit';
COMMENT ON COLUMN race_by_backend.candidates IS 'Pairs of an access and an update that it may have raced with';
COMMENT ON COLUMN race_by_backend.assumed_candidates IS 'How many of them are only assumed to have been concurrent';
COMMENT ON COLUMN race_by_backend.schedules IS 'Schedules tried';
COMMENT ON COLUMN race_by_backend.losing_schedules IS 'Schedules that lost a bit';
COMMENT ON COLUMN race_by_backend.races IS 'Candidates for which hardware set a bit between start and effective commit';
COMMENT ON COLUMN race_by_backend.accessed_lost IS 'Candidates whose A bit was lost';
COMMENT ON COLUMN race_by_backend.dirty_lost IS 'Candidates whose D bit was lost';
COMMENT ON COLUMN race_by_backend.assumed_lost IS 'How many of the lost bits rest on an assumption: that the access raced, or that A had been cleared';
COMMENT ON COLUMN race_by_backend.invented IS 'A and D bits that nobody set';
COMMENT ON COLUMN race_by_backend.transient_faults IS 'Candidates that faulted only because the PTE was absent for a while';
COMMENT ON COLUMN race_by_backend.stale_uses IS 'Candidates that a TLB let through before the flush while the PTE did not: legal';
COMMENT ON COLUMN race_by_backend.cmpxchg_retries IS 'Repetitions of the cmpxchg loop of PRESERVE_AD';
COMMENT ON COLUMN race_by_backend.xchg_retries IS 'Repetitions of the emulated xchg';
COMMENT ON COLUMN race_by_backend.carried IS 'Whether the capture carries that no bit was lost';
COMMENT ON COLUMN race_by_backend.verdict IS 'What may be concluded, in words: verdict.bits_lost';
