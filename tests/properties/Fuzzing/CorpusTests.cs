using Kms.Fuzz;

namespace Kms.Properties.Fuzzing;

/// <summary>Every input that fuzzing ever kept, and fresh structures, through every parser: a result, in bounded time and memory.</summary>
public sealed class CorpusTests
{
    private const int Structures = 2_000;

    public static TheoryData<string> Targets => [.. FuzzTargets.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void No_input_of_the_corpus_breaks_a_law(string name)
    {
        var target = FuzzTargets.Of(name);
        string[] files = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Corpus", name));
        files.ShouldNotBeEmpty("a target without a corpus is not replayed");
        foreach (byte[] seed in target.Seeds())
        {
            target.Read(seed);
        }

        foreach (string file in files.Order(StringComparer.Ordinal))
        {
            Record.Exception(() => target.Hold(File.ReadAllBytes(file))).ShouldBeNull(Path.GetFileName(file));
        }
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void No_drawn_input_breaks_a_law(string name)
    {
        // Choices where the target takes choices, else seeds with a few bytes changed, cut or doubled.
        var target = FuzzTargets.Of(name);
        var random = new Random(name.Length * 31);
        byte[][] seeds = [.. target.Seeds()];
        int rounds = name.StartsWith("certificate", StringComparison.Ordinal) || name == "key" ? Structures / 10 : Structures;
        for (int i = 0; i < rounds; i++)
        {
            byte[] input = [.. seeds[random.Next(seeds.Length)]];
            for (int change = random.Next(4); change >= 0 && input.Length > 0; change--)
            {
                int at = random.Next(input.Length);
                input = random.Next(6) switch
                {
                    0 => input[..at],
                    1 => [.. input[..at], .. input[random.Next(input.Length)..]],
                    2 => [.. input, (byte)random.Next(256), (byte)random.Next(256)],
                    _ => [.. input[..at], (byte)random.Next(256), .. input[(at + 1)..]],
                };
            }

            Record.Exception(() => target.Hold(input)).ShouldBeNull(Convert.ToBase64String(input));
        }
    }

    [Fact]
    public void The_corpus_has_no_folder_that_no_target_reads() =>
        Directory.GetDirectories(Path.Combine(AppContext.BaseDirectory, "Corpus")).Select(folder => Path.GetFileName(folder)!).Order().ShouldBe(FuzzTargets.All.Select(target => target.Name).Order());
}
