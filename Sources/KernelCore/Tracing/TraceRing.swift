import VM

/// The last traces in the order of their beginning, and with them older ones that are still under way.
struct TraceRing {
  /// Older ones under way that are kept: long polls. Beyond that many they are forgotten.
  static let lateLimit = 10_000
  /// Of those how many that have ended.
  static let endedLateLimit = 100

  private var slots: [RecordedTrace?]
  private var next = 1
  /// Traces that began before those in the slots, by their place in the order.
  private var late: [Int: RecordedTrace] = [:]
  private var endedLate: [Int] = []
  /// The last moment of those that are not kept any more.
  private(set) var forgotten = Int.min
  /// What all kept traces take.
  private(set) var size = 0

  init(capacity: Int) { slots = Array(repeating: nil, count: capacity) }

  /// The place that the next one takes, from 1.
  var upcoming: Int { next }

  /// Adds a trace in the place of the oldest, which is given up or is late from now on. The new one is made of that, where
  /// nobody else has it.
  mutating func append(_ beginning: RecordedTrace.Beginning) {
    let slot = next % slots.count
    var old = slots[slot].take()
    if old?.isOver == false, late.count < TraceRing.lateLimit {
      late[next - slots.count] = old
    } else if let old {
      forget(old, at: beginning.moment.time)
    }
    let new: RecordedTrace
    if isKnownUniquelyReferenced(&old), let old {
      old.begin(beginning)
      new = old
    } else {
      new = RecordedTrace(beginning)
    }
    slots[slot] = new
    size += new.size
    next += 1
  }

  subscript(place: Int) -> RecordedTrace? {
    if place >= next || place < 1 { return nil }
    return place + slots.count >= next ? slots[place % slots.count] : late[place]
  }

  mutating func grew() { size += 1 }

  mutating func shrank(by count: Int) { size -= count }

  /// A trace that has ended is given up before its time.
  mutating func drop(_ place: Int, at now: Int) {
    guard let trace = self[place] else { return }
    forget(trace, at: now)
    if place + slots.count >= next {
      slots[place % slots.count] = nil
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
    for place in trace.spans.indices { forgotten = max(forgotten, trace.lastMoment(ofSpan: place, at: now)) }
  }

  /// All that are kept, in the order of their beginning.
  var all: [RecordedTrace] {
    late.sorted { $0.key < $1.key }.map(\.value)
      + (max(1, next - slots.count)..<next).compactMap { slots[$0 % slots.count] }
  }
}
