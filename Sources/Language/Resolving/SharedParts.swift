// What may be a part of what: arrays and dictionaries are shared by all who have them, so that who changes an element that
// a loop has changes the array.

/// How a function knows what it is given.
public enum ParameterKey: Hashable, Sendable {
  case place(Int)
  case label(String)
}

/// Something that may be a part of what others have.
public indirect enum SharedPart: Hashable, Sendable {
  /// What a global's value is, or gives where that is a function; and what lies in it, which may be another's as well.
  case global(String, isInside: Bool)
  /// What a function is given, which stands in so many others and the text.
  case parameter(ParameterKey, depth: Int, isInside: Bool)
  /// What a member is called of.
  case receiver
  /// What a function has of the variables of those around it. It is known while a text is resolved alone.
  case held
  /// What a function is given, where it gives that; or where what it gives holds that.
  case handed(SharedPart, as: ParameterKey, by: String, isInside: Bool)
}

/// Whom something is given, and as what.
public enum Taker: Hashable, Sendable {
  /// A function with a name gets it; or what lies in that which it gets.
  case function(String, ParameterKey, isInside: Bool)
  /// A member is called of it.
  case member(String)
  /// An element by a key that is not written out is called.
  case element
  /// It is called itself.
  case itself
}

/// A function that may change something when it is called.
public enum Changer: Hashable, Sendable {
  /// One with a name, or any in a global's value.
  case global(String)
  /// One that something holds as a member.
  case member(String)
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
  var inside: Set<SharedPart> = []

  var all: Set<SharedPart> { inside.isEmpty ? own : own.union(inside) }

  /// What is taken out of it may be one.
  var taken: SharedParts { SharedParts(own: all) }
  /// What is made anew of its elements.
  var remade: SharedParts { SharedParts(inside: all) }

  mutating func formUnion(_ other: SharedParts) {
    if !other.own.isEmpty { own.formUnion(other.own) }
    if !other.inside.isEmpty { inside.formUnion(other.inside) }
  }

  /// The same with something in the place of what a function at a depth is given.
  func substituting(_ given: (ParameterKey) -> Set<SharedPart>, at depth: Int) -> SharedParts {
    func substituted(_ parts: Set<SharedPart>) -> Set<SharedPart> {
      parts.reduce(into: []) { found, part in
        if case .parameter(let key, depth, _) = part {
          found.formUnion(given(key))
        } else {
          found.insert(part)
        }
      }
    }
    return SharedParts(own: substituted(own), inside: substituted(inside))
  }
}
