import VM

/// A value of the language that lives as long as Swift code keeps this.
final class PinnedValue {
  private weak var machine: Machine?
  private let pin: Pin

  init(_ value: Value, in machine: Machine) {
    self.machine = machine
    pin = machine.pin(value)
  }

  deinit { machine?.unpin(pin) }

  /// The value; nil of the language once its machine is gone.
  var value: Value { machine?.value(of: pin) ?? .nil }
}
