package dev.mmureplay.mmu;

import static java.util.Objects.requireNonNull;

/**
 * What a backend runs on.
 *
 * @param kernel the guest kernel
 * @param preserveAd whether the hypervisor offers XENFEAT_mmu_pt_update_preserve_ad
 */
public record GuestPlatform(GuestKernel kernel, boolean preserveAd) {
  public GuestPlatform {
    requireNonNull(kernel, "kernel");
  }
}
