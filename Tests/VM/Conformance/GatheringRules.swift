import TestSupport
import Testing

/// `gatherResults` is `all`, `DeferredList` is `settled`, its `fireOnOneCallback` and `race` are `race`.
extension Conformance {
  struct GatheringRules {
    @Test(arguments: gatherings + outcomes + races)
    func holds(_ rule: Rule) throws { try check(rule) }

    @Test(arguments: differences)
    func differs(_ rule: Rule) throws { try check(rule) }

    @Test func theDifferencesAreThoseOfTheDecision() throws {
      #expect(try Rule.differences(inSection: "Gathering") == Self.differences.map(\.name))
    }

    // MARK: gatherResults

    static let gatherings = [
      Rule(
        "gathered values keep the order of the inputs",
        """
        print(await all([after(3s) { "a" }, after(1s) { "b" }, after(2s) { "c" }]))
        print(__monotonic())
        """, prints: ["[\"a\", \"b\", \"c\"]", "3s"]),
      Rule(
        "gathering nothing gives an empty list at once",
        """
        print(await all([]))
        """, prints: ["[]"]),
      Rule(
        "inputs that have fired are gathered with those that have not",
        """
        let fired = deferred()
        fired.resolve(1)
        print(await all([after(1s) { 2 }, fired]))
        """, prints: ["[2, 1]"]),
      Rule(
        "the first failure fails the gathering, without waiting for the others",
        """
        let slow = sleep(9s)
        do { await all([slow, after(1s) { throw "bad" }]) } catch { print("\\(error.message) after \\(__monotonic())") }
        """, prints: ["bad after 1s"]),
      Rule(
        "the failure that comes first counts, not the one that stands first",
        """
        let early = after(2s) { throw "stands first" }
        early.catch { nil }
        do { await all([early, after(1s) { throw "comes first" }]) } catch { print(error.message) }
        """, prints: ["comes first"]),
      Rule(
        "an input that had failed before fails the gathering",
        """
        let failed = deferred()
        failed.reject("before")
        do { await all([deferred(), failed]) } catch { print(error.message) }
        """, prints: ["before"]),
      Rule(
        "the other inputs go on after a failure",
        """
        do { await all([after(2s) { print("went on") }, after(1s) { throw "bad" }]) } catch { print("failed") }
        """, prints: ["failed", "went on"]),
      Rule(
        "an input that fails after the first failure is reported",
        """
        do { await all([after(1s) { throw "first" }, after(2s) { throw "second" }]) } catch { print(error.message) }
        """, prints: ["first"], reports: ["second"]),
      Rule(
        "a later failure that has an errback of its own is not reported",
        """
        let later = after(2s) { throw "second" }
        later.catch { print("taken") }
        do { await all([after(1s) { throw "first" }, later]) } catch { print(error.message) }
        """, prints: ["first", "taken"]),
      Rule(
        "cancelling a gathering cancels its inputs",
        """
        let inputs = [sleep(8s), sleep(9s)]
        let gathering = all(inputs)
        gathering.cancel()
        print(inputs.map { $0.isCancelled })
        gathering.catch { print($0.kind) }
        """, prints: ["[true, true]", "cancelled"], stops: 2),
      Rule(
        "cancelling a gathering that has failed leaves the others alone",
        """
        let other = deferred()
        let gathering = all([async { throw "bad" }, other])
        do { await gathering } catch { print(error.message) }
        gathering.cancel()
        print(other.isPending)
        """, prints: ["bad", "true"]),
      Rule(
        "what is added to the list after the call is not gathered",
        """
        let list = [deferred()]
        let gathering = all(list)
        list.append(deferred())
        gathering.cancel()
        print(list.map { $0.isCancelled })
        """, prints: ["[true, false]"]),
      Rule(
        "a cancelled input fails the gathering with its cancelled error",
        """
        let d = deferred()
        let gathering = all([d, deferred()])
        d.cancel()
        do { await gathering } catch { print(error.kind) }
        """, prints: ["cancelled"]),
      Rule(
        "gatherings may be gathered",
        """
        print(await all([all([after(1s) { 1 }, after(2s) { 2 }]), all([])]))
        """, prints: ["[[1, 2], []]"]),
      Rule(
        "a gathering waits for inputs whose chains are paused",
        """
        let d = deferred()
        d.resolve(1)
        print(await all([d.then { after(3s) { "paused" } }]))
        """, prints: ["[\"paused\"]"]),
      Rule(
        "callbacks that an input had before the call change what is gathered",
        """
        let d = deferred()
        let doubled = d.then { $0 * 2 }
        d.resolve(4)
        print(await all([doubled]))
        """, prints: ["[8]"]),
    ]
  }
}
