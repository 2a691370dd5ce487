using Kms.Sim.Checkers;

namespace Kms.Sim.Report;

/// <summary>What each rule promises, and what it means for users when it breaks: for readers who never saw the sources.</summary>
internal static class RuleTexts
{
    private static readonly Dictionary<string, (string Promise, string Meaning)> Texts = new(StringComparer.Ordinal)
    {
        [nameof(OneSecretPerEpoch)] = (
            "All nodes of the cluster use the same master secret for an epoch.",
            "Two secrets in use means two sets of keys: what one node encrypts, another cannot read, and an app's derived keys depend on whom it asks."),
        [nameof(ActiveEpochHasHolders)] = (
            "A node that confirmed an epoch's secret on the chain keeps holding it while the epoch lives.",
            "The chain counts on that many holders; if they do not have it, one crash more may lose every key of the cluster for good."),
        [nameof(NoServiceFromUnconfirmedSecret)] = (
            "Keys are derived only from a secret that the chain has made the active one, at final blocks.",
            "An app that got a key from any other secret will never get that key again: whatever it encrypted is lost."),
        [nameof(NoReleaseToNonMember)] = (
            "The master secret is handed only to members of the cluster, as the chain shows them.",
            "Whoever has the master secret can derive every key of every app."),
        [nameof(NoReleaseToOtherCode)] = (
            "The master secret is handed only to enclaves that attest the approved code.",
            "Other code can do with the secret what it likes; being registered is not enough."),
        [nameof(NoReleaseAfterRevocation)] = (
            "An app or node that lost its rights on the chain is refused within seconds.",
            "A revoked app that is still served keeps its keys and data: revoking had no effect."),
        [nameof(NoSecretOnTheWire)] = (
            "No message shows a master secret or a derived key, in any encoding.",
            "The host and the load balancer read every byte between the enclaves."),
        [nameof(AnswersAreSealed)] = (
            "What an app is told leaves the enclave only as an envelope for the app's own key.",
            "The host and the load balancer read every byte between the enclaves."),
        [nameof(NoConnectionToUncheckedAddress)] = (
            "A node connects only to public addresses that it has just checked.",
            "Otherwise a name server can turn the node against its own host: metadata services, internal networks, itself."),
        [nameof(KeysNeverChangeSilently)] = (
            "The same app, path and epoch give the same key for ever.",
            "An app whose key changed cannot read what it encrypted before, and nobody told it."),
        [nameof(NoStaleDerivedKey)] = (
            "Once a secret was replaced, nothing that was derived from it is given out.",
            "A key of a replaced secret belongs to no epoch: it cannot be derived again anywhere."),
        [nameof(NoAcknowledgedWriteLost)] = (
            "A write that was acknowledged is still there in the end, or a later one is.",
            "The app was told that its data is safe."),
        [nameof(NoDeletedKeyReturns)] = (
            "What was deleted stays deleted.",
            "Deleted data, perhaps deleted for a reason, can be read again."),
        [nameof(NoForgeryAccepted)] = (
            "A proof serves once, for the request that it was made for.",
            "The host, which sees all requests, can act in the name of an app."),
        [nameof(Convergence)] = (
            "Within a stated time after the last fault every member is ready and all hold the same records.",
            "The cluster does not recover by itself: somebody has to step in."),
        [nameof(BoundedState)] = (
            "What a node keeps stays within its limits, whatever is thrown at it.",
            "Otherwise strangers can exhaust its memory."),
        [nameof(EveryRequestEnds)] = (
            "Every request to a live node ends in bounded time.",
            "Requests that never end hold their slots; when all are taken the node serves nobody."),
        [nameof(HandoversAreBounded)] = (
            "No member draws the secret more often than the limit allows.",
            "A stolen wallet could draw the secret again and again, unnoticed."),
        [nameof(NoRequestFansOut)] = (
            "A node asks its peers at its own pace, however often strangers ask it.",
            "Otherwise one cheap request to one node becomes many between all of them."),
        [nameof(StrangersLearnNothing)] = (
            "Without a proof a node says who it is and whether it serves, and no more.",
            "What it says of its secrets helps to choose the moment of an attack."),
        [nameof(TheClientTellsTheTruth)] = (
            "What the client tells its app of a request is what the nodes did: done, refused, or not known.",
            "An app that is told wrong writes twice, gives up what it has, or believes that it has what is not there."),
        ["StuckNodes"] = (
            "No node waits for something that can never come, or goes round without end.",
            "The node looks alive and does nothing any more."),
        ["Coyote"] = (
            "The code ends, without deadlock, in every order in which its steps can run.",
            "In this order of steps it did not: the text says what the scheduler saw."),
        [nameof(NoNodeEndsByItself)] = (
            "A node runs until it is asked to stop.",
            "A node that ends destroys its secrets: what one bad answer can do to one node it can do to all, and then every key is lost for good."),
        [nameof(TheLastSecretStays)] = (
            "Nodes never give up the last copy of a secret that the chain still has active.",
            "A key service may stop, it may never lose: every key that was derived from the secret is gone for good."),
        [Drivers.ToldWithout.Rule] = (
            "What this story is about costs hardly any time: told without it, every node uses every epoch about as soon.",
            "Members that do nothing at all could hold up the cluster for as long as they like."),
        ["Promises"] = (
            "The scenario makes happen what it is about.",
            "A run in which the promised fault or state never occurred proves nothing: the scenario is broken, not the node."),
    };

    public static bool Knows(string rule) => Texts.ContainsKey(rule);

    public static (string Promise, string Meaning) Of(string rule) => Texts.GetValueOrDefault(rule, ("A rule of the cluster.", string.Empty));
}
