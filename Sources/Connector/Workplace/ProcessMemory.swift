#if canImport(Glibc)
  import CMalloc
  import Foundation
#endif

/// How a process that runs for weeks gives memory back to the system.
public enum ProcessMemory {
  /// Has memory returned when it is freed, for the start of a process that serves; does nothing with another C library
  /// than glibc.
  ///
  /// By itself glibc raises the size from which a block is mapped alone to the largest block that was ever freed (up to
  /// 32 MB): from then on letters and their pages lie among small blocks, and what is free between these stays. So does
  /// what is free in each of its eight arenas per processor.
  public static func returnWhenFreed() {
    #if canImport(Glibc)
      _ = mallopt(M_MMAP_THRESHOLD, 128 * 1024)
      _ = mallopt(M_ARENA_MAX, Int32(clamping: ProcessInfo.processInfo.activeProcessorCount))
    #endif
  }
}
