extension Prelude {
  /// Members of Dictionary, Range and String that call a function.
  static let collections = """
    func Dictionary_map(self, transform) {
        let result = []
        for (key, value) in self { result.append(transform(__pair(key, value))) }
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
    func Range_compactMap(self, transform) { Array(self).compactMap(transform) }
    func Range_flatMap(self, transform) { Array(self).flatMap(transform) }
    func Range_filter(self, isIncluded) { Array(self).filter(isIncluded) }
    func Range_forEach(self, body) {
        for number in self { body(number) }
        nil
    }
    func Range_reduce(self, initial, combine) {
        var result = initial
        for number in self { result = combine(result, number) }
        result
    }
    func Range_first(self, where) { Array(self).first(where) }
    func Range_allSatisfy(self, predicate) { Array(self).allSatisfy(predicate) }
    func Range_contains_where(self, where) { Array(self).contains { number in where(number) } }
    func String_map(self, transform) { Array(self).map(transform) }
    func String_compactMap(self, transform) { Array(self).compactMap(transform) }
    func String_filter(self, isIncluded) { Array(self).filter(isIncluded).joined() }
    func String_reduce(self, initial, combine) { Array(self).reduce(initial, combine) }
    func String_forEach(self, body) {
        for character in self { body(character) }
        nil
    }
    func String_first(self, where) { Array(self).first(where) }
    func String_allSatisfy(self, predicate) { Array(self).allSatisfy(predicate) }
    func String_contains_where(self, where) { Array(self).contains { character in where(character) } }
    """
}
