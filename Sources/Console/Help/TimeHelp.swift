extension TypeHelp {
  static let duration = TypeHelp(
    "Duration",
    #"A length of time, as 250ms, 2s, 5m, 1h."#,
    members: #"""
      days -> Double
      The time in days of 24 hours.
        36h.days // → 1.5

      hours -> Double
      The time in hours.
        90m.hours // → 1.5

      minutes -> Double
      The time in minutes.
        90s.minutes // → 1.5

      seconds -> Double
      The time in seconds.
        1500ms.seconds // → 1.5

      milliseconds -> Double
      The time in milliseconds.
        1s.milliseconds // → 1000.0

      microseconds -> Double
      The time in microseconds.
        1ms.microseconds // → 1000.0

      nanoseconds -> Int
      The time in nanoseconds, exactly.
        1ms.nanoseconds // → 1000000

      magnitude -> Duration
      The time without its sign.
        (-2s).magnitude // → 2s
      """#)

  static let date = TypeHelp(
    "Date",
    #"A point in time, in UTC. now() gives the present one, Date(text) reads one."#,
    members: #"""
      year -> Int
      Its year.
        let d = Date("2026-11-25T20:05:07.250Z"); [d.year, d.month, d.day] // → [2026, 11, 25]

      month -> Int
      Its month, 1 to 12.
        let d = Date("2026-11-25T20:05:07.250Z"); [d.year, d.month, d.day] // → [2026, 11, 25]

      day -> Int
      Its day of the month.
        let d = Date("2026-11-25T20:05:07.250Z"); [d.year, d.month, d.day] // → [2026, 11, 25]

      hour -> Int
      Its hour, 0 to 23.
        let d = Date("2026-11-25T20:05:07.250Z"); [d.hour, d.minute, d.second] // → [20, 5, 7]

      minute -> Int
      Its minute.
        let d = Date("2026-11-25T20:05:07.250Z"); [d.hour, d.minute, d.second] // → [20, 5, 7]

      second -> Int
      Its second.
        let d = Date("2026-11-25T20:05:07.250Z"); [d.hour, d.minute, d.second] // → [20, 5, 7]

      millisecond -> Int
      Its milliseconds within the second.
        Date("2026-11-25T20:05:07.250Z").millisecond // → 250

      weekday -> Int
      Its day of the week: Monday is 1, Sunday 7.
        Date("2026-11-25").weekday // → 3

      unix -> Int
      Whole seconds since 1970.
        Date("2026-11-25").unix // → 1795564800

      iso8601 -> String
      The date as ISO 8601 writes it.
        Date("2026-11-25").iso8601 // → "2026-11-25T00:00:00.000Z"

      http -> String
      The date as headers have it (RFC 9110).
        Date("2026-11-25").http // → "Wed, 25 Nov 2026 00:00:00 GMT"

      formatted(pattern) -> String
      The date by a pattern of Unicode's, as dd.MM.yyyy.
        Date("2026-11-25").formatted("dd.MM.yyyy") // → "25.11.2026"
      """#)
}
