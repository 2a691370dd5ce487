using Kms.Adapters.Ethereum;
using Kms.Core.Cryptography;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Registry;
using Kms.Devnet.Chain;
using Kms.Devnet.Rpc;
using Kms.Integration.Support;
using static Kms.Integration.Adapters.MembershipReadTests;

namespace Kms.Integration.Adapters;

public sealed class TransactionTests
{
    private static readonly Bytes32 Hash = Bytes32.Parse("0x" + new string('c', 64));

    [Fact]
    public async Task A_proposal_and_a_confirmation_go_from_prepared_to_mined()
    {
        await using var registries = await Registries.StartAsync(nodes: 2);
        using var chain = registries.Chain();
        using var first = Key(1);
        using var second = Key(2);
        foreach (var key in (EthereumPrivateKey[])[first, second])
        {
            await RegisterWithEtherAsync(registries, key.Wallet);
        }

        var proposed = await ExecuteAsync(chain, first, new RegistryCall.Propose(Hash, Epoch.From(1)));
        proposed.Succeeded.ShouldBeTrue();
        var head = Get(await chain.GetHeadAsync(Finality.Latest, default));
        var open = Get(await chain.ReadRegistryAsync(head, first.Wallet, default));
        open.Self.HasConfirmed.ShouldBeTrue();
        open.Kms.Proposal.ShouldNotBeNull().ShouldSatisfyAllConditions(
            proposal => proposal.Hash.ShouldBe(Hash),
            proposal => proposal.Proposer.ShouldBe(first.Wallet),
            proposal => proposal.ProposedAtBlock.ShouldBe(proposed.BlockNumber),
            proposal => proposal.ExpiresAtBlock.ShouldBe(proposed.BlockNumber + 20),
            proposal => proposal.Confirmations.ShouldBe(1u),
            proposal => proposal.IsOpen.ShouldBeTrue());
        Get(await chain.ReadRegistryAsync(head, second.Wallet, default)).Self.HasConfirmed.ShouldBeFalse();

        var confirmed = await ExecuteAsync(chain, second, new RegistryCall.Confirm(open.Kms.Proposal!.Id, Hash));
        confirmed.Succeeded.ShouldBeTrue();
        head = Get(await chain.GetHeadAsync(Finality.Latest, default));
        var active = Get(await chain.ReadRegistryAsync(head, second.Wallet, default));
        active.Kms.Epochs.Count.ShouldBe(1);
        active.Kms.Current.ShouldBe(new Kms.Core.Registry.EpochRecord(Epoch.From(1), Hash, first.Wallet, confirmed.BlockNumber, 2, false));
        active.Kms.DefaultEpoch.ShouldBe(Epoch.From(1));
        active.Kms.NextEpochWanted.ShouldBeFalse();
        active.Kms.Proposal!.IsOpen.ShouldBeFalse();
    }

    [Fact]
    public async Task Submitting_twice_is_as_good_as_once()
    {
        await using var registries = await Registries.StartAsync();
        using var chain = registries.Chain();
        using var key = Key(1);
        await RegisterWithEtherAsync(registries, key.Wallet);
        var call = new RegistryCall.Propose(Hash, Epoch.From(1));
        var unsigned = Get(await chain.PrepareAsync(call, key.Wallet, [], default));
        byte[] signed = Sign(key, unsigned);
        await registries.Anvil.CallAsync("evm_setAutomine", false);

        var hash = Get(await chain.SubmitAsync(signed, default));
        Get(await chain.SubmitAsync(signed, default)).ShouldBe(hash);
        Get(await chain.FindReceiptAsync(hash, default)).ShouldBeNull("it is not mined");

        await registries.Anvil.MineAsync();
        Get(await chain.SubmitAsync(signed, default)).ShouldBe(hash, "mined by now");
        Get(await chain.FindReceiptAsync(hash, default)).ShouldNotBeNull().Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task A_wallet_without_ether_is_Unfunded_and_named()
    {
        await using var registries = await Registries.StartAsync();
        using var chain = registries.Chain();
        using var key = Key(1);
        await registries.RegisterAsync(key.Wallet);

        var prepared = await chain.PrepareAsync(new RegistryCall.Propose(Hash, Epoch.From(1)), key.Wallet, [], default);
        prepared.Failure.ShouldBe(ChainFailure.Unfunded);
        prepared.Detail.ShouldNotBeNull().ShouldContain(key.Wallet.ToString());

        var asked = new UnsignedTransaction(AnvilProcess.DefaultChainId, 0, 1, 10_000_000_000, 300_000, registries.Kms, 0, AbiCalls.Transaction(new RegistryCall.Propose(Hash, Epoch.From(1))));
        byte[] signed = Sign(key, asked);
        (await chain.SubmitAsync(signed, default)).Failure.ShouldBe(ChainFailure.Unfunded);
    }

    [Fact]
    public async Task A_call_that_would_revert_is_Rejected_by_its_name()
    {
        await using var registries = await Registries.StartAsync();
        using var chain = registries.Chain();
        var stranger = WalletAddress.Parse(Registries.Owner);

        var proposed = await chain.PrepareAsync(new RegistryCall.Propose(Hash, Epoch.From(1)), stranger, [], default);
        var confirmed = await chain.PrepareAsync(new RegistryCall.Confirm(5, Hash), stranger, [], default);

        proposed.Failure.ShouldBe(ChainFailure.Rejected);
        proposed.Detail.ShouldNotBeNull().ShouldContain($"KMSRegistry_NotEligible({stranger})");
        confirmed.Failure.ShouldBe(ChainFailure.Rejected);
        confirmed.Detail.ShouldNotBeNull().ShouldContain("KMSRegistry_");
    }

    [Fact]
    public async Task No_transaction_is_prepared_above_the_fee_limit()
    {
        await using var registries = await Registries.StartAsync();
        using var key = Key(1);
        await RegisterWithEtherAsync(registries, key.Wallet);
        using var chain = new EthereumChain(new EthereumChainOptions([registries.Anvil.Url], registries.Identity, new FinalityRule.Depth(2)) { MaxFeePerGas = 10 });

        (await chain.PrepareAsync(new RegistryCall.Propose(Hash, Epoch.From(1)), key.Wallet, [], default)).Failure.ShouldBe(ChainFailure.Unavailable);
    }

    [Fact]
    public async Task A_transaction_that_nobody_mines_is_replaced_at_its_nonce_by_one_that_the_chain_takes_in_its_place()
    {
        await using var registries = await Registries.StartAsync();
        using var chain = registries.Chain();
        using var key = Key(1);
        await RegisterWithEtherAsync(registries, key.Wallet);
        await registries.Anvil.CallAsync("evm_setAutomine", false);
        var call = new RegistryCall.Propose(Hash, Epoch.From(1));
        var first = Get(await chain.PrepareAsync(call, key.Wallet, [], default));
        var lost = Get(await chain.SubmitAsync(Sign(key, first), default));

        var second = Get(await chain.PrepareAsync(call, key.Wallet, [first], default));
        second.Nonce.ShouldBe(first.Nonce, "the account's at the latest block, whatever the mempool holds");
        (second.MaxFeePerGas * 8).ShouldBeGreaterThan(first.MaxFeePerGas * 9);
        (second.MaxPriorityFeePerGas * 8).ShouldBeGreaterThan(first.MaxPriorityFeePerGas * 9);
        var sent = Get(await chain.SubmitAsync(Sign(key, second), default));
        await registries.Anvil.MineAsync();

        Get(await chain.FindReceiptAsync(sent, default)).ShouldNotBeNull().Succeeded.ShouldBeTrue();
        Get(await chain.FindReceiptAsync(lost, default)).ShouldBeNull();
    }

    [Fact]
    public async Task Nothing_is_replaced_above_the_fee_limits()
    {
        await using var registries = await Registries.StartAsync();
        using var key = Key(1);
        await RegisterWithEtherAsync(registries, key.Wallet);
        using var chain = new EthereumChain(new EthereumChainOptions([registries.Anvil.Url], registries.Identity, new FinalityRule.Depth(2)));
        var dear = new UnsignedTransaction(AnvilProcess.DefaultChainId, 0, 10_000_000_000, 490_000_000_000, 300_000, registries.Kms, 0, default);

        (await chain.PrepareAsync(new RegistryCall.Propose(Hash, Epoch.From(1)), key.Wallet, [dear], default)).Failure.ShouldBe(ChainFailure.Unavailable);
        (await chain.PrepareAsync(new RegistryCall.Propose(Hash, Epoch.From(1)), key.Wallet, [dear with { Nonce = 1 }], default)).Failure.ShouldBeNull("another nonce");
    }

    /// <summary>Both are estimated while neither is the last: the one that is mined last checks everybody again and activates.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Confirmations_that_were_estimated_side_by_side_are_mined_in_one_block_and_activate(bool light)
    {
        await using var registries = await Registries.StartAsync(nodes: 3);
        await using var client = await LightClientServer.StartAsync(registries.Anvil.Url, TimeProvider.System, default);
        using var chain = registries.Chain(rpc: light ? client.Url : registries.Anvil.Url);
        EthereumPrivateKey[] keys = [Key(1), Key(2), Key(3)];
        foreach (var key in keys)
        {
            await RegisterWithEtherAsync(registries, key.Wallet);
        }

        (await ExecuteAsync(chain, keys[0], new RegistryCall.Propose(Hash, Epoch.From(1)))).Succeeded.ShouldBeTrue();
        await registries.Anvil.CallAsync("evm_setAutomine", false);
        var sent = new List<Bytes32>();
        foreach (var key in keys[1..])
        {
            var confirmation = Get(await chain.PrepareAsync(new RegistryCall.Confirm(1, Hash), key.Wallet, [], default));
            sent.Add(Get(await chain.SubmitAsync(Sign(key, confirmation), default)));
        }

        await registries.Anvil.MineAsync();
        foreach (var hash in sent)
        {
            Get(await chain.FindReceiptAsync(hash, default)).ShouldNotBeNull().Succeeded.ShouldBeTrue();
        }

        var head = Get(await chain.GetHeadAsync(Finality.Latest, default));
        Get(await chain.ReadRegistryAsync(head, keys[0].Wallet, default)).Kms.Current.ShouldNotBeNull().Hash.ShouldBe(Hash);
        Array.ForEach(keys, static key => key.Dispose());
    }

    [Fact]
    public async Task A_member_that_is_not_listed_lists_itself()
    {
        await using var registries = await Registries.StartAsync();
        using var chain = registries.Chain();
        using var key = Key(1);
        await RegisterWithEtherAsync(registries, key.Wallet);

        (await ExecuteAsync(chain, key, new RegistryCall.SyncOperator(key.Wallet))).Succeeded.ShouldBeTrue();
        var head = Get(await chain.GetHeadAsync(Finality.Latest, default));
        Get(await chain.ReadRegistryAsync(head, key.Wallet, default)).Operators.ShouldContain(one => one.Wallet == key.Wallet);
    }

    private static async Task RegisterWithEtherAsync(Registries registries, WalletAddress wallet)
    {
        await registries.RegisterAsync(wallet);
        await registries.Anvil.CallAsync("anvil_setBalance", wallet.ToString(), "0xde0b6b3a7640000");
    }

    private static byte[] Sign(EthereumPrivateKey key, UnsignedTransaction transaction) =>
        DynamicFeeTransaction.Encode(transaction, key.SignDigest(DynamicFeeTransaction.SigningDigest(transaction)));

    private static EthereumPrivateKey Key(byte seed) => EthereumPrivateKey.Import(Enumerable.Repeat(seed, 32).ToArray());

    private static async Task<TransactionReceipt> ExecuteAsync(EthereumChain chain, EthereumPrivateKey key, RegistryCall call)
    {
        var unsigned = Get(await chain.PrepareAsync(call, key.Wallet, [], default));
        byte[] signed = Sign(key, unsigned);
        var hash = Get(await chain.SubmitAsync(signed, default));
        TransactionReceipt? found = null;
        for (int tries = 0; found is null && tries < 200; tries++)
        {
            // Anvil answers before it has mined.
            await Task.Delay(50);
            found = Get(await chain.FindReceiptAsync(hash, default));
        }

        var receipt = found.ShouldNotBeNull();
        receipt.TransactionHash.ShouldBe(hash);
        return receipt;
    }
}
