extension Prelude {
  /// Members of Dictionary, Range and String that call a function.
  static let collections = """
    func Dictionary_map(self, transform) {
        let result = []
        for (key, value) in self { result.append(transform(__pair(key, value))) }
        result
    }
    func Dictionary_compactMap(self, transform) {
        let result = []
        for (key, value) in self {
            let transformed = transform(__pair(key, value))
            if transformed != nil { result.append(transformed) }
        }
        result
    }
    func Dictionary_compactMapValues(self, transform) {
        let result = [:]
        for (key, value) in self {
            let transformed = transform(value)
            if transformed != nil { result.__set(key, transformed) }
        }
        result
    }
    func Dictionary_allSatisfy(self, predicate) {
        for (key, value) in self { if !predicate(__pair(key, value)) { return false } }
        true
    }
    func Dictionary_reduce_into(self, into, update) {
        for (key, value) in self { update(into, __pair(key, value)) }
        into
    }
    func Dictionary_merge_uniquing(self, other, uniquingKeysWith) {
        for (key, value) in other {
            self.__set(key, if self.contains(key) { uniquingKeysWith(self[key], value) } else { value })
        }
        nil
    }
    func Dictionary_merging_uniquing(self, other, uniquingKeysWith) {
        let result = __dictionary(self, false)
        result.merge(other, uniquingKeysWith)
        result
    }
    func Dictionary(pairs = [:], uniquingKeysWith = nil, uniqueKeysWithValues = false, grouping = false, by = nil) {
        if grouping != false {
            // A closure behind the parentheses comes as the first that is free.
            let key = if by == nil && type(of: pairs) == "Function" { pairs } else { by }
            __function(key, "Dictionary(grouping:)", "write Dictionary(grouping: xs) { … }")
            return Array(grouping).grouped(key)
        }
        __function(uniquingKeysWith ?? { nil }, "Dictionary(uniquingKeysWith:)", "write Dictionary(pairs) { old, new in new }")
        if uniqueKeysWithValues != false { return __dictionary(uniqueKeysWithValues, true) }
        if uniquingKeysWith == nil { return __dictionary(pairs, false) }
        let result = [:]
        for (key, value) in pairs {
            result.__set(key, if result.contains(key) { uniquingKeysWith(result[key], value) } else { value })
        }
        result
    }
    func Dictionary_mapValues(self, transform) {
        let result = [:]
        for (key, value) in self { result.__set(key, transform(value)) }
        result
    }
    func Dictionary_filter(self, isIncluded) {
        let result = [:]
        for (key, value) in self { if isIncluded(__pair(key, value)) { result.__set(key, value) } }
        result
    }
    func Dictionary_reduce(self, initial, combine) {
        var result = initial
        for (key, value) in self { result = combine(result, __pair(key, value)) }
        result
    }
    func Dictionary_forEach(self, body) {
        for (key, value) in self { body(__pair(key, value)) }
        nil
    }
    func Dictionary_count(self, where) {
        var count = 0
        for (key, value) in self { if where(__pair(key, value)) { count += 1 } }
        count
    }
    func Dictionary_sorted(self, by = nil) { Array(self).sorted(by ?? { a, b in a.key < b.key }) }
    func Dictionary_contains_where(self, where) {
        for (key, value) in self { if where(__pair(key, value)) { return true } }
        false
    }
    func Range_map(self, transform) {
        let result = []
        for number in self { result.append(transform(number)) }
        result
    }
    func Range_compactMap(self, transform) {
        let result = []
        for number in self { if let value = transform(number) { result.append(value) } }
        result
    }
    func Range_flatMap(self, transform) { Array(self).flatMap(transform) }
    func Range_filter(self, isIncluded) {
        let result = []
        for number in self { if isIncluded(number) { result.append(number) } }
        result
    }
    func Range_forEach(self, body) {
        for number in self { body(number) }
        nil
    }
    func Range_reduce(self, initial, combine) {
        var result = initial
        for number in self { result = combine(result, number) }
        result
    }
    func Range_reduce_into(self, into, update) {
        for number in self { update(into, number) }
        into
    }
    func Range_first(self, where) {
        __function(where, "first()", "prefix(n) takes a count")
        for number in self { if where(number) { return number } }
        nil
    }
    func Range_allSatisfy(self, predicate) {
        for number in self { if !predicate(number) { return false } }
        true
    }
    func Range_contains_where(self, where) {
        for number in self { if where(number) { return true } }
        false
    }
    func Range_min(self, by = nil) { if by == nil { self.first } else { Array(self).min(by) } }
    func Range_max(self, by = nil) { if by == nil { self.last } else { Array(self).max(by) } }
    func Range_count(self, where) {
        var count = 0
        for number in self { if where(number) { count += 1 } }
        count
    }
    func Range_last(self, where) {
        __function(where, "last()", "suffix(n) takes a count")
        var place = self.count - 1
        while place >= 0 {
            let number = self[place]
            if where(number) { return number }
            place -= 1
        }
        nil
    }
    func Range_enumerated(self) { Array(self).enumerated() }
    func Range_shuffled(self) { Array(self).shuffled() }
    func Range_randomElement(self) { if self.isEmpty { nil } else { random(in: self) } }
    func Range_prefix_while(self, condition) {
        let result = []
        for number in self {
            if !condition(number) { return result }
            result.append(number)
        }
        result
    }
    func Range_sorted(self, by = nil) { Array(self).sorted(by) }
    func Range_chunks(self, ofCount) { Array(self).chunks(ofCount) }
    func Range_joined(self, separator = "") { Array(self).joined(separator) }
    func Bytes_map(self, transform) { Array(self).map(transform) }
    func Bytes_filter(self, isIncluded) { Bytes(Array(self).filter(isIncluded)) }
    func Bytes_reduce(self, initial, combine) { Array(self).reduce(initial, combine) }
    func Bytes_reduce_into(self, into, update) { Array(self).reduce(into: into, update) }
    func Bytes_forEach(self, body) {
        for byte in self { body(byte) }
        nil
    }
    func Bytes_allSatisfy(self, predicate) { Array(self).allSatisfy(predicate) }
    func Bytes_contains_where(self, where) { Array(self).contains { byte in where(byte) } }
    func Bytes_compactMap(self, transform) { Array(self).compactMap(transform) }
    func Bytes_flatMap(self, transform) { Array(self).flatMap(transform) }
    func Bytes_first(self, where) { Array(self).first(where) }
    func Bytes_last(self, where) { Array(self).last(where) }
    func Bytes_count(self, where) { Array(self).count(where) }
    func Bytes_firstIndex_where(self, where) { Array(self).firstIndex { byte in where(byte) } }
    func Bytes_lastIndex_where(self, where) { Array(self).lastIndex { byte in where(byte) } }
    func Bytes_sorted(self, by = nil) { Bytes(Array(self).sorted(by)) }
    func Bytes_enumerated(self) { Array(self).enumerated() }
    func Bytes_prefix_upTo(self, upTo) { self[..<upTo] }
    func Bytes_prefix_through(self, through) { self[...through] }
    func Bytes_suffix_from(self, from) { self[from...] }
    func Bytes_reversed(self) { Bytes(Array(self).reversed()) }
    func Bytes_chunks(self, ofCount) { Array(self).chunks(ofCount).map { piece in Bytes(piece) } }
    func String_flatMap(self, transform) { Array(self).flatMap(transform) }
    func String_enumerated(self) { Array(self).enumerated() }
    func String_sorted(self, by = nil) { Array(self).sorted(by) }
    func String_shuffled(self) { Array(self).shuffled() }
    func String_randomElement(self) { Array(self).randomElement() }
    func String_min(self, by = nil) { if by == nil { Array(self).min() } else { Array(self).min(by) } }
    func String_max(self, by = nil) { if by == nil { Array(self).max() } else { Array(self).max(by) } }
    func String_last(self, where) { Array(self).last(where) }
    func String_firstIndex_where(self, where) { Array(self).firstIndex { character in where(character) } }
    func String_lastIndex_where(self, where) { Array(self).lastIndex { character in where(character) } }
    func String_count(self, where) {
        __function(where, "count()", "ranges(of: text).count counts a text")
        Array(self).count(where)
    }
    func String_prefix_while(self, condition) { Array(self).prefix(while: condition).joined() }
    func String_drop_while(self, condition) { Array(self).drop(while: condition).joined() }
    func String_prefix_upTo(self, upTo) { self[..<upTo] }
    func String_prefix_through(self, through) { self[...through] }
    func String_suffix_from(self, from) { self[from...] }
    func String_split(self, separator = nil, maxSplits = nil, omittingEmptySubsequences = nil, whereSeparator = nil) {
        let isSeparator = whereSeparator ?? separator
        if whereSeparator == nil && !__isFunction(isSeparator) {
            return self.__split(separator, maxSplits, omittingEmptySubsequences)
        }
        let pieces = Array(self).split(
            maxSplits: maxSplits, omittingEmptySubsequences: omittingEmptySubsequences ?? false,
            whereSeparator: isSeparator)
        pieces.map { piece in piece.joined() }
    }
    func String_map(self, transform) { Array(self).map(transform) }
    func String_compactMap(self, transform) { Array(self).compactMap(transform) }
    func String_filter(self, isIncluded) { Array(self).filter(isIncluded).joined() }
    func String_reduce(self, initial, combine) { Array(self).reduce(initial, combine) }
    func String_reduce_into(self, into, update) { Array(self).reduce(into: into, update) }
    func String_forEach(self, body) {
        for character in self { body(character) }
        nil
    }
    func String_first(self, where) { Array(self).first(where) }
    func String_allSatisfy(self, predicate) { Array(self).allSatisfy(predicate) }
    func String_contains_where(self, where) { Array(self).contains { character in where(character) } }
    """
}
