// libFuzzer comes with the compiler; this target only names its entry.
