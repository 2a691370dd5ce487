using Kms.Hosting;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddNovaKms(builder.Configuration.GetSection(NovaKmsOptions.SectionName));

var app = builder.Build();
app.MapGet("/hello", () => "this program has routes of its own");
app.MapNovaKms();
app.Run();
