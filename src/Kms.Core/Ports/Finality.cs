namespace Kms.Core.Ports;

/// <summary>The two views of the chain (design §4): rights are granted when both show them, lost when either does not.</summary>
public enum Finality
{
    Latest,
    Final,
}
