using OrderDesk;
using Penstock.Engine;
using Penstock.Engine.Health;
using Penstock.Sql;
using Penstock.Sqlite;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
string folder = Directory.CreateDirectory(builder.Configuration["data"] ?? "data").FullName;

#region setup
builder.Services.AddPenstock(penstock => penstock
    .UseSqlite(Path.Combine(folder, "orders.db"))
    .AddMigrations("orders", 100, typeof(OrderStore).Assembly)
    .AddOperation<ConfirmOrder>("orders.confirm", "orders", "Writes the confirmation of an order."));
builder.Services.AddPenstockWorker();
builder.Services.AddHealthChecks().AddPenstock();
builder.Services.AddSingleton<OrderStore>();
#endregion

WebApplication app = builder.Build();
app.MapHealthChecks("/health");
app.MapOrders();
app.Run();
