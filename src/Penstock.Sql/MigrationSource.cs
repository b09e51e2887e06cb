using System.Reflection;

namespace Penstock.Sql;

/// <summary>An assembly that ships <c>Migrations/0001_name.{sqlite,postgres}.sql</c> as embedded resources.</summary>
/// <param name="Area">Owner of the tables, such as <c>engine</c> or <c>proteins</c>; numbers count within an area.</param>
/// <param name="Order">Areas migrate in this order, so that one may refer to another's tables: engine 0, ops 10, pipelines 20.</param>
public sealed record MigrationSource(string Area, int Order, Assembly Assembly);
