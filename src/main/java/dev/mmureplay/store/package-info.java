/**
 * The DuckDB file that holds results: traces, replays, operation counts, cost profiles and the
 * views that price and compare.
 *
 * <pre>
 * trace ──┬── trace_kind, ledger, rejected_line, call_site
 *         └── replay ──┬── assumption, call, page_state, observation_check
 *                      └── run ──┬── operation_count   (run x cause x operation)
 *                                ├── call_operation    (run x call x operation)
 *                                └── finding
 * cost_profile ── cost       operation       meta
 *
 * operation_count x price → priced_operation → run_cost → cost_by_backend
 *                        └→ unpriced                          ↑
 *                        └→ cost_ratio ──────────────────────┘
 * call_operation  x price → call_cost          call_operation → batch_fill
 * </pre>
 *
 * <p>Java counts, SQL prices: nothing here multiplies a count by a cycle. {@link
 * dev.mmureplay.store.Store} opens the file, {@link dev.mmureplay.store.RunRecorder} writes one
 * replay in one transaction, {@link dev.mmureplay.store.NamedQuery} is a question with a name.
 * Tables, views and columns carry comments with their units, which any DuckDB client shows.
 */
@NullMarked
package dev.mmureplay.store;

import org.jspecify.annotations.NullMarked;
