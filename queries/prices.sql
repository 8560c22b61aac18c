-- title: Prices
-- question: What does each operation cost in a profile, and who says so?
-- parameter profile = xen-modern : cost profile
SELECT o.name AS operation, coalesce(c.backend, 'every') AS backend, c.low, c.typical, c.high, c.unit, c.source
FROM cost c
JOIN operation o ON o.name = c.operation
WHERE c.profile = $profile
ORDER BY o.position, c.backend NULLS FIRST
