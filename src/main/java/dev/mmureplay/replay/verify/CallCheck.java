package dev.mmureplay.replay.verify;

import dev.mmureplay.replay.CallFacts;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of comparing one call. One object, refilled for every call. */
public final class CallCheck {
  /**
   * One property of the call that was compared.
   *
   * @param name what was compared, such as {@code flushes}
   * @param kind the kind of the observations that it was read from, as the event file names it
   * @param line line of the first observation that differs, else of the call
   * @param address the page that it is about, -1 if it is about the call
   * @param expected what the model says
   * @param found what the recording shows
   * @param agrees whether both are the same
   */
  public record Attribute(
      String name,
      String kind,
      long line,
      long address,
      String expected,
      String found,
      boolean agrees) {}

  private final CallFacts facts;
  private final List<Attribute> attributes = new ArrayList<>();
  private @Nullable String reason;
  private boolean agrees;

  /** How many pages were taken over from before the recording. */
  public long seededPages;

  /** How many pages are in a page table whose place in the range of the call is assumed. */
  public long assumedPlaces;

  /** Whether the CPUs that the flush reached were taken over from the recording. */
  public boolean seededCpus;

  /** Whether the call reaches into a mapping that is older than the recording. */
  boolean olderMapping;

  /** How many PTEs were compared. */
  public long pages;

  private final boolean execve;

  CallCheck(CallFacts facts) {
    this(facts, false);
  }

  private CallCheck(CallFacts facts, boolean execve) {
    this.facts = facts;
    this.execve = execve;
  }

  /** Returns the check of an execve's own update, of which no more than line and task count. */
  static CallCheck ofExecve(CallFacts facts) {
    CallCheck check = new CallCheck(facts, true);
    check.begin();
    return check;
  }

  void begin() {
    attributes.clear();
    reason = null;
    agrees = true;
    seededPages = 0;
    assumedPlaces = 0;
    seededCpus = false;
    pages = 0;
  }

  void add(Attribute attribute) {
    attributes.add(attribute);
    agrees &= attribute.agrees();
  }

  void reason(String why) {
    reason = why;
  }

  /** Returns the call. */
  public CallFacts call() {
    return facts;
  }

  /** Returns what was compared. */
  public List<Attribute> attributes() {
    return Collections.unmodifiableList(attributes);
  }

  /** Returns why the call cannot be compared, or null if it was. */
  public @Nullable String reason() {
    return reason;
  }

  /** Returns whether the call was compared and everything is equal. */
  public boolean isEqual() {
    return reason == null && agrees;
  }

  /** Returns whether the call was compared and something is different. */
  public boolean isDifferent() {
    return reason == null && !agrees;
  }

  /** Returns whether these two differ, or one of them, and nothing else. */
  boolean differsOnlyIn(String one, String other) {
    return !agrees
        && attributes.stream()
            .allMatch(
                each -> each.agrees() || each.name().equals(one) || each.name().equals(other));
  }

  /** Returns in words what was taken over from the recording, "" if nothing was. */
  public String seeds() {
    StringBuilder text = new StringBuilder();
    if (seededPages > 0) {
      text.append(seededPages).append(seededPages == 1 ? " page" : " pages");
      text.append(" older than the recording");
    }
    if (assumedPlaces > 0) {
      text.append(text.length() == 0 ? "" : ", ").append(assumedPlaces);
      text.append(assumedPlaces == 1 ? " page" : " pages");
      text.append(" in page tables whose place is assumed");
    }
    if (seededCpus) {
      text.append(text.length() == 0 ? "" : ", ").append("CPUs as this flush shows them");
    }
    return text.toString();
  }

  /** Returns the call as people write it. */
  public String text() {
    if (execve) {
      return "execve by task " + facts.tid;
    }
    StringBuilder text = new StringBuilder();
    text.append(String.format("mprotect(0x%x, 0x%x, ", facts.address, facts.length));
    text.append((facts.protection & 1) == 0 ? '-' : 'r');
    text.append((facts.protection & 2) == 0 ? '-' : 'w');
    text.append((facts.protection & 4) == 0 ? '-' : 'x');
    return text.append(") by task ").append(facts.tid).toString();
  }
}
