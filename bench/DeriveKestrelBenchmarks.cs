using System.Net;
using BenchmarkDotNet.Attributes;
using Kms.Core;
using Kms.Core.Node;
using Kms.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Kms.Benchmarks;

/// <summary>
/// The same <c>POST /kms/derive</c> as <see cref="DerivePipelineBenchmarks"/>, through Kestrel as the host configures it, over one
/// kept-alive loopback connection. Floor: the primitives of one derive, and a bare round trip of the same bytes through the same
/// server to a handler that does nothing.
/// </summary>
[BenchmarkCategory("derive through Kestrel")]
public class DeriveKestrelBenchmarks
{
    private const int Version = 2;
    private readonly DeriveFloor _floor = new();
    private PipelineRig _rig = null!;
    private WebApplication _server = null!;
    private HttpClient _http = null!;
    private KmsRequest _sample = null!;
    private KmsResponse _echo = null!;
    private Uri _derive = null!;
    private Uri _bare = null!;

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _rig = new PipelineRig();
        _sample = _rig.Request(DerivePipelineBenchmarks.Inner, Version);
        _echo = _rig.Send(_sample);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            NovaKmsServices.LimitKestrel(kestrel);
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        builder.Services.AddRoutingCore();
        _server = builder.Build();
        _server.UseRouting();
        _server.MapKms(
            (request, _) => Task.FromResult(request.Target == "/bare" ? _echo : _rig.Send(request)), [], TimeSpan.FromSeconds(30));
        await _server.StartAsync();
        var at = new Uri(_server.Urls.Single());
        _derive = new Uri(at, "/kms/derive");
        _bare = new Uri(at, "/bare");
        _http = new HttpClient();
    }

    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        _http.Dispose();
        await _server.StopAsync();
        await _server.DisposeAsync();
        _rig.Dispose();
    }

    [Benchmark(Baseline = true, Description = "floor: the primitives of one derive, and a bare round trip")]
    public int Floor()
    {
        _floor.Once(Version);
        return Ask(_bare, _sample);
    }

    [Benchmark(Description = "client's part and POST /kms/derive through Kestrel")]
    public int Derive() => Ask(_derive, _rig.Request(DerivePipelineBenchmarks.Inner, Version));

    private int Ask(Uri at, KmsRequest request)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, at) { Content = new ReadOnlyMemoryContent(request.Body) };
        foreach (var (name, value) in request.Headers)
        {
            message.Headers.Add(name, value);
        }

        using var response = _http.Send(message);
        using var body = response.Content.ReadAsStream();
        Span<byte> buffer = stackalloc byte[4 * 1024];
        int length = 0;
        for (int read; (read = body.Read(buffer)) > 0;)
        {
            length += read;
        }

        return response.StatusCode == HttpStatusCode.OK ? length : throw new InvalidOperationException($"status {response.StatusCode}");
    }
}
