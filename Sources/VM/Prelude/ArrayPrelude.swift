extension Prelude {
  /// Members of Array that call a function. `Array_min_by` is `min` where it is called with a function.
  static let array = """
    func Array_map(self, transform) {
        let result = []
        for element in self { result.append(transform(element)) }
        result
    }
    func Array_filter(self, isIncluded) {
        let result = []
        for element in self { if isIncluded(element) { result.append(element) } }
        result
    }
    func Array_compactMap(self, transform) {
        let result = []
        for element in self {
            let value = transform(element)
            if value != nil { result.append(value) }
        }
        result
    }
    func Array_flatMap(self, transform) {
        let result = []
        for element in self { result.__appendMapped(transform(element)) }
        result
    }
    func Array_reduce(self, initial, combine) {
        var result = initial
        for element in self { result = combine(result, element) }
        result
    }
    func Array_reduce_into(self, into, update) {
        for element in self { update(into, element) }
        into
    }
    func Array_forEach(self, body) {
        for element in self { body(element) }
        nil
    }
    func Array_first(self, where) {
        __function(where, "first()", "prefix(n) takes a count")
        for element in self { if where(element) { return element } }
        nil
    }
    func Array_last(self, where) {
        __function(where, "last()", "suffix(n) takes a count")
        for element in self.reversed() { if where(element) { return element } }
        nil
    }
    func Array_count(self, where) {
        __function(where, "count()", "count { $0 == x } counts an element")
        var count = 0
        for element in self { if where(element) { count += 1 } }
        count
    }
    func Array_allSatisfy(self, predicate) {
        for element in self { if !predicate(element) { return false } }
        true
    }
    func Array_contains_where(self, where) {
        for element in self { if where(element) { return true } }
        false
    }
    func Array_firstIndex_where(self, where) {
        var place = 0
        for element in self {
            if where(element) { return place }
            place += 1
        }
        nil
    }
    func Array_lastIndex_where(self, where) {
        var place = self.count - 1
        while place >= 0 {
            if where(self[place]) { return place }
            place -= 1
        }
        nil
    }
    func Array_removeAll_where(self, where) {
        let count = self.count
        let kept = []
        for element in self { if !where(element) { kept.append(element) } }
        if self.count != count { throw Error("the array was changed while removeAll went over it", kind: "argument") }
        if kept.count < count { self.__replace(kept) }
        nil
    }
    func Array_prefix_while(self, condition) {
        let result = []
        for element in self {
            if !condition(element) { return result }
            result.append(element)
        }
        result
    }
    func Array_drop_while(self, condition) {
        var place = 0
        while place < self.count && condition(self[place]) { place += 1 }
        self.dropFirst(place)
    }
    func Array_prefix_upTo(self, upTo) { self[..<upTo] }
    func Array_prefix_through(self, through) { self[...through] }
    func Array_suffix_from(self, from) { self[from...] }
    func Array_split(self, separator = { __noSeparator() }, maxSplits = nil, omittingEmptySubsequences = false, whereSeparator = nil) {
        let isSeparator = whereSeparator ?? separator
        if whereSeparator == nil && !__isFunction(isSeparator) {
            return self.__split(separator, maxSplits, omittingEmptySubsequences)
        }
        let most = __splits(maxSplits)
        let result = []
        var piece = []
        for element in self {
            if result.count < most && isSeparator(element) {
                if !omittingEmptySubsequences || !piece.isEmpty { result.append(piece) }
                piece = []
            } else {
                piece.append(element)
            }
        }
        if !omittingEmptySubsequences || !piece.isEmpty { result.append(piece) }
        result
    }
    func Array_uniqued_on(self, on) {
        let seen = [:]
        let result = []
        for element in self {
            let key = on(element)
            if seen[key] == nil {
                seen[key] = true
                result.append(element)
            }
        }
        result
    }
    func Array_min_by(self, by) {
        if self.isEmpty { return nil }
        var best = self[0]
        for element in self { if by(element, best) { best = element } }
        best
    }
    func Array_max_by(self, by) {
        if self.isEmpty { return nil }
        var best = self[0]
        for element in self { if by(best, element) { best = element } }
        best
    }
    func Array_grouped(self, by) {
        let groups = [:]
        for element in self {
            let key = by(element)
            let group = groups[key]
            if group == nil { groups[key] = [element] } else { group.append(element) }
        }
        groups
    }
    func Array_sort(self, by = nil) {
        let count = self.count
        let sorted = self.sorted(by)
        if self.count != count { throw Error("the array was changed while it was sorted", kind: "argument") }
        self.__replace(sorted)
    }
    func Array_shuffle(self) { self.__replace(self.shuffled()) }
    func Array_reverse(self) { self.__replace(self.reversed()) }
    func Array_sorted(self, by = nil) {
        if by == nil { return Array(self).__sortPlain() }
        var source = Array(self)
        var target = Array(self)
        var width = 1
        let count = source.count
        while width < count {
            var start = 0
            while start < count {
                var left = start
                var middle = start + width
                if middle > count { middle = count }
                var right = middle
                var end = middle + width
                if end > count { end = count }
                var place = start
                if right < end {
                    var one = source[left]
                    var other = source[right]
                    while true {
                        if by(other, one) {
                            target[place] = other
                            place += 1
                            right += 1
                            if right == end { break }
                            other = source[right]
                        } else {
                            target[place] = one
                            place += 1
                            left += 1
                            if left == middle { break }
                            one = source[left]
                        }
                    }
                }
                while left < middle {
                    target[place] = source[left]
                    place += 1
                    left += 1
                }
                while right < end {
                    target[place] = source[right]
                    place += 1
                    right += 1
                }
                start = end
            }
            let swap = source
            source = target
            target = swap
            width *= 2
        }
        source
    }
    """
}
