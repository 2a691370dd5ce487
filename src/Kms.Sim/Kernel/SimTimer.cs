namespace Kms.Sim.Kernel;

/// <summary>An action that is due at a virtual time, unless it was cancelled.</summary>
internal sealed class SimTimer(TimeSpan due, Action action)
{
    public TimeSpan Due { get; } = due;

    public Action? Action { get; private set; } = action;

    public void Cancel() => Action = null;
}
