import Glibc

/// Opens `/dev/null` in place of standard streams that whoever started the program has closed: the next descriptors
/// that it opens would be taken for them. Standard output then takes nothing, so that what is lost is told.
func openStandardStreams() {
  for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
    _ = open("/dev/null", descriptor == STDERR_FILENO ? O_WRONLY : O_RDONLY)
  }
}
