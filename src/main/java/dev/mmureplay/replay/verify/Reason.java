package dev.mmureplay.replay.verify;

/** Why a call cannot be compared. */
public final class Reason {
  /** The recording shows only a part of the call. */
  public static final String INCOMPLETE = "call-not-fully-recorded";

  /**
   * A request follows no update of a page that could be told: whose it is, or where, is unknown.
   */
  public static final String UNPLACED = "update-of-unknown-page";

  /** An interrupt queued a hypercall of its own beside the call's. */
  public static final String INTERRUPTED = "interrupt-inside-a-batch";

  /**
   * The recorded hypercalls show borders between mappings that are older than the recording, and
   * nothing else shows where those are.
   */
  public static final String OLDER_BORDERS = "borders-of-older-mappings-unknown";

  /**
   * The recorded hypercalls show borders between mappings in a space where a call was seen to
   * populate locked memory: mlock and munlock split mappings, and are not recorded.
   */
  public static final String LOCKED_BORDERS = "borders-of-locked-memory-unknown";

  /** What another task did meanwhile explains what was found, and no order is recorded. */
  public static final String OVERLAPPED = "another-task-at-work-at-the-same-time";

  /** The call is about a mapping that is older than the recording; its pages are not known. */
  public static final String OLDER_MAPPING = "pages-of-older-mapping-unknown";

  /** The recording pauses at times, and what changed meanwhile in an older mapping is not shown. */
  public static final String PAUSED = "changed-while-not-recording";

  /**
   * Which pages of a range are in memory was assumed, because nothing shows where in it their page
   * tables lie, and something is different.
   */
  public static final String ASSUMED_PLACES = "places-of-page-tables-assumed";

  /** The recording does not show the update, or not the pages that it is about. */
  public static final String NOT_SHOWN = "update-not-shown";

  /** The recording has no times, so that what it shows of a call cannot be told from the rest. */
  public static final String NO_TIMES = "no-times";

  private Reason() {}
}
