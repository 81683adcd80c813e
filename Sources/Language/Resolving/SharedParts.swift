// What may be a part of what: arrays and dictionaries are shared by all who have them, so that who changes an element that
// a loop has changes the array.

/// How a function knows what it is given.
public enum ParameterKey: Hashable, Sendable {
  case place(Int)
  case label(String)
}

/// How far in something lies: `own` is a part of the thing itself, as a user of a list of users; `element` is what is in a
/// list that was made anew, and `deeper` what is in such an element.
public enum SharedLevel: Int, Hashable, Sendable, CaseIterable {
  case own, element, deeper
}

/// Something that may be a part of what others have.
public indirect enum SharedPart: Hashable, Sendable {
  /// What a global's value is, or gives where that is a function; and what lies in it, which may be another's as well.
  case global(String, SharedLevel)
  /// What a function is given, which stands in so many others and the text.
  case parameter(ParameterKey, SharedLevel, depth: Int)
  /// What a member is called of.
  case receiver
  /// What a function has of the variables of those around it. It is known while a text is resolved alone.
  case held
  /// What lies at some level of what a function is given, where it gives that at a level of its own.
  case handed(SharedPart, as: ParameterKey, SharedLevel, by: String, at: SharedLevel)
}

extension SharedPart {
  /// What a variable of a function counts as that stands for many others; no global has such a name.
  static func nameOfVariable(_ name: String, at place: Span) -> String { "\(name)#\(place.start)" }

  /// Whether it is a global, or what stands for one.
  public var isOfGlobal: Bool { if case .global = self { true } else { false } }

  /// The global's name, where it is one that has a name.
  public var globalName: String? {
    if case .global(let name, .own) = self, !name.contains("#") { name } else { nil }
  }
}

/// Whom something is given, and as what.
public enum Taker: Hashable, Sendable {
  /// A function with a name gets it, or what it lies in.
  case function(String, ParameterKey, SharedLevel)
  /// A member is called of it, or may be by whom that is given.
  case member(String)
  /// A member gets it, or what it lies in.
  case argument(of: String, ParameterKey, SharedLevel)
  /// An element by a key that is not written out is called.
  case element
  /// It is called itself.
  case itself
}

/// A function that may change something when it is called.
public enum Changer: Hashable, Sendable {
  /// One with a name, or any in a global's value.
  case global(String)
  /// One that something holds as a member; by which name that can be reached, where it has one.
  case member(String, of: String?)
  /// One that a function of this name gives, or that is a global's value.
  case given(by: String)
  /// One that is in what a function gives, or in a global's value.
  case element(of: String)
}

/// What something may be a part of.
struct SharedParts {
  /// It may be one itself.
  var own: Set<SharedPart> = []
  /// What is in it may be one.
  var elements: Set<SharedPart> = []
  /// What is in that.
  var deeper: Set<SharedPart> = []

  init() {}

  init(own: Set<SharedPart> = [], elements: Set<SharedPart> = [], deeper: Set<SharedPart> = []) {
    (self.own, self.elements, self.deeper) = (own, elements, deeper)
  }

  /// One that is made for each level.
  init(_ part: (SharedLevel) -> SharedPart) {
    (own, elements, deeper) = ([part(.own)], [part(.element)], [part(.deeper)])
  }

  subscript(level: SharedLevel) -> Set<SharedPart> {
    get {
      switch level {
      case .own: own
      case .element: elements
      case .deeper: deeper
      }
    }
    set {
      switch level {
      case .own: own = newValue
      case .element: elements = newValue
      case .deeper: deeper = newValue
      }
    }
  }

  var count: Int { own.count + elements.count + deeper.count }
  var isEmpty: Bool { own.isEmpty && elements.isEmpty && deeper.isEmpty }
  var all: Set<SharedPart> { own.union(elements).union(deeper) }

  /// What is taken out of it: a part of what it is itself, or what lies in it.
  var taken: SharedParts { SharedParts(own: own.union(elements), elements: deeper, deeper: deeper) }
  /// What is made anew and has it as an element.
  var wrapped: SharedParts { SharedParts(elements: own, deeper: elements.union(deeper)) }
  /// What is made anew of its elements.
  var remade: SharedParts { taken.wrapped }

  mutating func formUnion(_ other: SharedParts) {
    for level in SharedLevel.allCases where !other[level].isEmpty { self[level].formUnion(other[level]) }
  }

  /// What a function may give of it that is given it.
  func handed(as key: ParameterKey, by function: String) -> SharedParts {
    var found = SharedParts()
    if count > Self.handedLimit {
      for level in SharedLevel.allCases {
        for part in self[level] {
          if case .handed(let given, _, _, _, _) = part {
            found.own.insert(given)
          } else {
            found.own.insert(part)
          }
        }
      }
      return found
    }
    for level in SharedLevel.allCases {
      for part in self[level] {
        switch part {
        case .held: found.own.insert(part)
        // What has come through one function already would be there many times for each more.
        case .handed: for place in SharedLevel.allCases { found[place].insert(part) }
        case .global, .parameter, .receiver:
          for place in SharedLevel.allCases {
            found[place].insert(.handed(part, as: key, level, by: function, at: place))
          }
        }
      }
    }
    return found
  }

  /// Of more parts than this it is taken that they are handed on.
  private static let handedLimit = 60

  /// The same with others in the place of some of its parts.
  func mapped(_ transform: (SharedPart) -> Set<SharedPart>) -> SharedParts {
    var found = SharedParts()
    for level in SharedLevel.allCases {
      for part in self[level] { found[level].formUnion(transform(part)) }
    }
    return found
  }
}
