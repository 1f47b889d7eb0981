import Foundation
import Testing

/// A clock for one process that a test sets while it runs. A library before all others adds what a file says to the time
/// of day; the time that passes (sleeps, time-outs) stays what it is, as when an operator sets the clock of a machine.
struct SetClock {
  static let compiler: String? = ["/usr/bin/cc", "/usr/bin/gcc", "/usr/bin/clang"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  private static let source = """
    #define _GNU_SOURCE
    #include <fcntl.h>
    #include <stdlib.h>
    #include <sys/mman.h>
    #include <sys/syscall.h>
    #include <sys/time.h>
    #include <time.h>
    #include <unistd.h>
    static long long ahead(void) {
      static volatile long long *seconds;
      if (!seconds) seconds = mmap(0, 8, PROT_READ, MAP_SHARED, open(getenv("LIENTHONG_TEST_CLOCK"), O_RDONLY), 0);
      return *seconds;
    }
    int clock_gettime(clockid_t clock, struct timespec *now) {
      int result = syscall(SYS_clock_gettime, clock, now);
      if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += ahead();
      return result;
    }
    int gettimeofday(struct timeval *now, void *zone) {
      struct timespec exact;
      (void)zone;
      clock_gettime(CLOCK_REALTIME, &exact);
      now->tv_sec = exact.tv_sec;
      now->tv_usec = exact.tv_nsec / 1000;
      return 0;
    }
    time_t time(time_t *now) {
      struct timespec exact;
      clock_gettime(CLOCK_REALTIME, &exact);
      if (now) *now = exact.tv_sec;
      return exact.tv_sec;
    }
    """

  let file: URL
  /// For the processes that go by this clock.
  let environment: [String: String]

  /// Builds the library in `folder` if it is not there.
  init(_ name: String, in folder: URL) async throws {
    let library = folder.appendingPathComponent("clock.so")
    if !FileManager.default.fileExists(atPath: library.path) {
      try Data(Self.source.utf8).write(to: folder.appendingPathComponent("clock.c"))
      let built = try await Tool.run(
        [try #require(Self.compiler), "-shared", "-fPIC", "-o", library.path, "clock.c"], in: folder)
      try #require(built.code == 0, "\(built.output)")
    }
    file = folder.appendingPathComponent("clock-\(name)")
    try Data(count: 8).write(to: file)
    environment = ["LD_PRELOAD": library.path, "LIENTHONG_TEST_CLOCK": file.path]
  }

  /// Sets it ahead of the machine's clock, or with a negative number behind.
  func set(hoursAhead: Int) throws {
    let handle = try FileHandle(forWritingTo: file)
    try handle.write(contentsOf: withUnsafeBytes(of: Int64(hoursAhead * 3600)) { Data($0) })
    try handle.close()
  }
}
