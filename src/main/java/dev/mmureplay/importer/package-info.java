/**
 * Reads what one tracing tool wrote and appends canonical events; the first seam of the program.
 *
 * <p>A {@link dev.mmureplay.importer.TraceImporter} knows one tool and nothing of the model. {@link
 * dev.mmureplay.importer.Importers} finds them through {@link java.util.ServiceLoader} and picks
 * one by looking at the first bytes of a trace. {@link dev.mmureplay.importer.TraceSource} unpacks,
 * {@link dev.mmureplay.importer.LineScanner} cuts lines into fields without making strings.
 */
@NullMarked
package dev.mmureplay.importer;

import org.jspecify.annotations.NullMarked;
