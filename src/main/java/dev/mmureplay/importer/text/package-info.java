/**
 * Imports events that are written as text, see {@link dev.mmureplay.event.EventText}.
 *
 * <pre>
 * line                                    becomes
 * "# mmureplay-events 1", other comments  ignored: comment
 * "# fidelity …"                          what the capture can know; ignored: comment
 * "# command …"                           the traced command; ignored: comment
 * nothing                                 ignored: blank
 * an event                                the event; its line is this line unless it names another
 * anything else                           rejected
 * </pre>
 */
@NullMarked
package dev.mmureplay.importer.text;

import org.jspecify.annotations.NullMarked;
