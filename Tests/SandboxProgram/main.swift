import Sandbox

/// A child process and nothing else: what `botcontrol sandbox` is, but built in less time.
SandboxChild.run(arguments: Array(CommandLine.arguments.dropFirst()))
