-- title: Ledger
-- question: What became of every line of every trace?
SELECT t.id AS trace, t.source, t.importer, l.class, l.reason, l.lines,
  round(100 * l.lines / greatest(t.lines, 1), 2) AS percent,
  (SELECT min(r.line) FROM rejected_line r WHERE r.trace = l.trace AND r.reason = l.reason AND l.class = 'rejected') AS first_line
FROM ledger l
JOIN trace t ON t.id = l.trace
ORDER BY t.id, CASE l.class WHEN 'parsed' THEN 0 WHEN 'ignored' THEN 1 ELSE 2 END, l.lines DESC, l.reason
