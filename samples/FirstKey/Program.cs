using Kms.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddNovaKmsClient(builder.Configuration.GetSection(NovaKmsClientOptions.SectionName));
using var host = builder.Build();

var kms = host.Services.GetRequiredService<KmsClient>();
var derived = await kms.DeriveAsync(new DeriveRequest("wallets/hot"), CancellationToken.None);
if (!derived.TryGet(out var key))
{
    Console.Error.WriteLine($"{derived.Failure}: {derived.Detail}");
    return 1;
}

using (key)
{
    Console.WriteLine($"{key.Bytes.Length} bytes of epoch {key.Epoch}, fingerprint {key.Fingerprint}");
    return 0;
}
