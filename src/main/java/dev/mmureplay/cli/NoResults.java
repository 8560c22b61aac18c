package dev.mmureplay.cli;

import dev.mmureplay.replay.CallFacts;
import dev.mmureplay.replay.Finding;
import dev.mmureplay.replay.PageState;
import dev.mmureplay.replay.ReplaySink;

/** Takes what a replay yields and keeps none of it. */
final class NoResults implements ReplaySink {
  @Override
  public void call(CallFacts call, long[][] counts) {}

  @Override
  public void page(PageState page) {}

  @Override
  public void finding(Finding finding) {}
}
