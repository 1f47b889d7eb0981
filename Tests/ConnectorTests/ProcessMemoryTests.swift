#if canImport(Glibc)
  import CMalloc
  import Connector
  import Glibc
  import Testing

  @Suite("Memory of a process that serves")
  struct ProcessMemoryTests {
    @Test("is given back block by block, however large an earlier block was")
    func mapped() async {
      await #expect(processExitsWith: .success) {
        ProcessMemory.returnWhenFreed()
        free(malloc(8 << 20))
        let mapped = mallinfo2().hblkhd
        let block = malloc(1 << 20)
        #expect(mallinfo2().hblkhd >= mapped + (1 << 20))
        free(block)
        #expect(mallinfo2().hblkhd == mapped)
      }
    }
  }
#endif
