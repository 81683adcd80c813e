import Foundation

func environmentFlag(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }
