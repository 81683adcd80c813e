import Testing

@testable import VM

struct CollectorTests {
  @Test func whatIsReachableLivesAndTheRestGoes() throws {
    let host = ScriptHost(collector: .asNeeded)
    _ = try host.run(
      "let keep = [\"a\": [1, \"two\", { keep }], \"r\": 1...3]\nfor i in 0..<10_000 { [i, \"\\(i)\", { i }] }"
    )
    host.machine.collect()
    let live = host.machine.heap.state.pointee.live
    _ = try host.run("for i in 0..<10_000 { [i, \"\\(i)\", { i }] }")
    host.machine.collect()
    #expect(host.machine.heap.state.pointee.live < live + 20_000)
    #expect(try host.run("keep.a[1] + \"\\(keep.a[2]().r)\"") == "\"two1...3\"")
  }

  @Test func memoryOfOneSizeIsThereForAnother() throws {
    let host = ScriptHost(collector: .asNeeded)
    for size in [10, 30, 60, 100, 200] {
      _ = try host.run("let keep = []\nfor i in 0..<20_000 { keep.append(\"x\".repeated(\(size))) }")
      _ = try host.run("var keep = nil")
      host.machine.collect()
    }
    // 64 KiB each; a few empty ones are kept.
    #expect(host.machine.heap.state.pointee.blocks.count < 150)
  }

  @Test(.enabled(if: !ScriptHost.isStressed))
  func smallBuffersAreKeptForWhatComesNextAndGivenBackWhenNothingDoes() throws {
    let host = ScriptHost(collector: .asNeeded)
    let work = "var keep = (0..<20_000).map { [$0, $0, $0] }\nkeep = nil"
    _ = try host.run(work)
    host.machine.collect()
    let kept = host.machine.heap.buffers.bytes
    #expect(kept > 1 << 20)
    for _ in 0..<10 {
      _ = try host.run(work)
      host.machine.collect()
      #expect(host.machine.heap.buffers.bytes > kept / 2)
    }
    for _ in 0..<40 { host.machine.collect() }
    #expect(host.machine.heap.buffers.bytes < 4 << 20)
    #expect(host.machine.heap.buffers.bytes < kept)
  }

  @Test func whatBytesInUseCountsGoesBackToWhereItWas() throws {
    let host = ScriptHost(collector: .asNeeded)
    _ = try host.run("1")
    host.machine.collect()
    let before = host.machine.heap.bytesInUse
    _ = try host.run(
      """
      func work() {
          let started = []
          for i in 0..<2_000 { started.append(async { await sleep(1s)
              [i: "x".repeated(100)] }) }
          (await all(started)).count
      }
      func deep(n) { if n == 0 { 0 } else { deep(n - 1) + 1 } }
      deep(5_000)
      """)
    host.machine.collect()
    // Names, and numbers of programs, stay.
    #expect(host.machine.heap.bytesInUse < before + 8_192)
  }

  @Test func programsThatNothingUsesAreForgotten() throws {
    let host = ScriptHost(collector: .asNeeded)
    for number in 0..<100 { _ = try host.run("let f = { \(number) }\nf()") }
    host.machine.collect()
    #expect(host.machine.prototypes.count(where: { $0?.unit.isPrelude == false }) <= 4)
  }

  @Test func aLongListIsMarkedWithoutRecursion() throws {
    let count = ScriptHost.isStressed ? 200 : 300_000
    let host = ScriptHost()
    #expect(try host.run("var list = nil\nfor i in 0..<\(count) { list = [list] }\nlist == nil") == "false")
    host.machine.collect()
    #expect(try host.run("list[0] == nil") == "false")
  }
}
