package dev.mmureplay.replay;

import dev.mmureplay.mmu.Operation;
import java.util.ArrayList;
import java.util.List;

/** A sink that keeps everything as text and numbers. */
final class Recording implements ReplaySink {
  final List<String> calls = new ArrayList<>();
  final List<List<List<Long>>> counts = new ArrayList<>();
  final List<String> pages = new ArrayList<>();
  final List<Finding> findings = new ArrayList<>();

  @Override
  public void call(CallFacts call, long[][] byBackend) {
    calls.add(
        "line %d: %d pages, %d present, %d updated, %d pieces%s"
            .formatted(
                call.line,
                call.pages,
                call.presentPtes,
                call.updatedPtes,
                call.vmaPieces,
                call.certainty == Certainty.KNOWN ? "" : ", " + call.certainty.id()));
    List<List<Long>> copy = new ArrayList<>();
    for (long[] backend : byBackend) {
      List<Long> row = new ArrayList<>();
      for (long n : backend) {
        row.add(n);
      }
      copy.add(row);
    }
    counts.add(copy);
  }

  long count(int call, int backend, Operation operation) {
    return counts.get(call).get(backend).get(operation.ordinal());
  }

  @Override
  public void page(PageState page) {
    pages.add(
        "%d:%d %s%s%s%s"
            .formatted(
                page.addressSpace,
                (page.address - Events.BASE) / 4096,
                page.present ? "p" : page.protNone ? "n" : "-",
                page.writable ? "w" : "-",
                page.accessed ? "a" : "-",
                page.dirty ? "d" : "-"));
  }

  @Override
  public void finding(Finding finding) {
    findings.add(finding);
  }
}
