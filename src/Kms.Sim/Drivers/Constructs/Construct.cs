namespace Kms.Sim.Drivers.Constructs;

/// <summary>A construct of the language or the runtime, and what Coyote is known to make of it.</summary>
/// <param name="Name">As it is written in source.</param>
/// <param name="Expected">What was measured when the rules of the code under test were made.</param>
/// <param name="Body">Uses it in two tasks that race, and tells the order in which things happened.</param>
internal sealed record Construct(string Name, Control Expected, Func<List<string>, Task> Body);
