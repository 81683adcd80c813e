import VM

/// The last traces in the order of their beginning, and with them older ones that are still under way.
struct TraceRing {
  /// Older ones under way that are kept: long polls. Beyond that many they are forgotten.
  static let lateLimit = 10_000
  /// Of those how many that have ended.
  static let endedLateLimit = 100

  private var slots: [NotedTrace]
  private var next = 1
  /// Traces that began before those in the slots, by their place in the order.
  private var late: [Int: RecordedTrace] = [:]
  private var endedLate: [Int] = []
  /// The last moment of those that are not kept any more.
  private(set) var forgotten = Int.min
  /// What all kept traces take.
  private(set) var size = 0

  init(capacity: Int) { slots = Array(repeating: NotedTrace(), count: capacity) }

  /// The place that the next one takes, from 1.
  var upcoming: Int { next }

  /// Adds a trace in the place of the oldest, which is given up or is late from now on.
  mutating func append(_ beginning: consuming RecordedTrace.Beginning) {
    let slot = next % slots.count
    if !slots[slot].isEmpty {
      if !slots[slot].isOver, late.count < TraceRing.lateLimit {
        late[next - slots.count] = slots[slot].laidOut()
        slots[slot].clear()
      } else {
        size -= slots[slot].size
        forgotten = max(forgotten, slots[slot].lastMoment(at: beginning.moment.time))
      }
    }
    slots[slot].begin(consume beginning)
    size += slots[slot].size
    next += 1
  }

  /// Whether what is heard of a trace can be noted.
  func mayNote(in place: Int) -> Bool {
    place >= 1 && place < next && place + slots.count >= next && slots[place % slots.count].mayNote
  }

  /// Notes what was heard of a trace, as `NotedTrace` does; nil also where it is late or not kept any more. There is one of
  /// it for all kinds: what is called with each request is to take little of the processor's cache of instructions.
  @inline(never)
  mutating func note(_ event: TraceEvent, at code: CodePlace?, in place: Int) -> Int? {
    guard place >= 1, place < next, place + slots.count >= next,
      let span = slots[place % slots.count].note(event, at: code)
    else { return nil }
    switch event.kind {
    case .fiber, .timer, .waits: size += 1
    case .goesOn, .ends: break
    }
    return span
  }

  /// A trace laid out; nil where it is not kept.
  subscript(place: Int) -> RecordedTrace? {
    mutating get {
      if place >= next || place < 1 { return nil }
      return place + slots.count >= next ? slots[place % slots.count].laidOut() : late[place]
    }
  }

  mutating func grew() { size += 1 }

  mutating func shrank(by count: Int) { size -= count }

  /// A trace that has ended is given up before its time.
  mutating func drop(_ place: Int, at now: Int) {
    guard let trace = self[place] else { return }
    forget(trace, at: now)
    if place + slots.count >= next {
      slots[place % slots.count].clear()
    } else {
      late[place] = nil
      endedLate.removeAll { $0 == place }
    }
  }

  /// A trace has ended.
  mutating func ended(_ place: Int, at now: Int) {
    guard place + slots.count < next, late[place] != nil else { return }
    endedLate.append(place)
    if endedLate.count > TraceRing.endedLateLimit {
      if let old = late.removeValue(forKey: endedLate.removeFirst()) { forget(old, at: now) }
    }
  }

  private mutating func forget(_ trace: RecordedTrace, at now: Int) {
    size -= trace.size
    forgotten = max(forgotten, trace.lastMoment(at: now))
  }

  /// Those of which something is under way.
  var unfinished: [RecordedTrace] {
    mutating get {
      var found = late.values.filter(\.isUnderWay)
      for slot in slots.indices where slots[slot].isUnderWay {
        if let trace = slots[slot].laidOut() { found.append(trace) }
      }
      return found
    }
  }

  /// All that are kept, in the order of their beginning.
  var all: [RecordedTrace] {
    mutating get {
      var all = late.sorted { $0.key < $1.key }.map(\.value)
      for place in max(1, next - slots.count)..<next {
        if let trace = slots[place % slots.count].laidOut() { all.append(trace) }
      }
      return all
    }
  }
}
