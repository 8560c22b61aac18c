package dev.mmureplay.replay;

import static java.util.Objects.requireNonNull;

/**
 * One breach of an invariant.
 *
 * @param backend the backend that broke it
 * @param invariant its number, such as {@code I14}
 * @param pid the process, or -1
 * @param address the page, or 0
 * @param seq position of the event in the event file, or -1
 * @param message one sentence with expectation and finding
 */
public record Finding(
    String backend, String invariant, int pid, long address, long seq, String message) {
  public Finding {
    requireNonNull(backend, "backend");
    requireNonNull(invariant, "invariant");
    requireNonNull(message, "message");
  }
}
