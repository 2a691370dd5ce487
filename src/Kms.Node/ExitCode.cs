namespace Kms.Node;

/// <summary>What the exit codes of both programs mean.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>A node refused, or there is no such key, or the version differs.</summary>
    public const int Refused = 1;

    /// <summary>The command line, a file or the configuration is wrong.</summary>
    public const int Usage = 2;

    /// <summary>No node, chain or Odyn gave a usable answer.</summary>
    public const int Unavailable = 3;

    /// <summary>A bug of this program (EX_SOFTWARE of sysexits.h): it says what to report.</summary>
    public const int Internal = 70;
}
