namespace Penstock.Sql;

/// <summary>One statement that the two databases must be told in different words; rare, and each says why.</summary>
public sealed record SqlVariants(string Sqlite, string Postgres);
