/**
 * What a question's answer looks like: a table in several formats, and the whole report.
 *
 * <p>Single results go through {@link dev.mmureplay.report.ReportFormat}: rows stream from JDBC
 * into a {@link dev.mmureplay.report.RowSink} that writes them. The report is a {@link
 * dev.mmureplay.report.Document}, a list of blocks that {@link dev.mmureplay.report.Report} fills
 * from the database and that is then written as Markdown or HTML. Nothing here reads a clock: equal
 * databases give equal bytes.
 */
@NullMarked
package dev.mmureplay.report;

import org.jspecify.annotations.NullMarked;
