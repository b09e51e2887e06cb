using Npgsql;

namespace Penstock.Postgres;

/// <summary>The address of a database as people write it: <c>postgresql://user:password@host:5432/database?sslmode=verify-full</c>.</summary>
public static class PostgresUrl
{
    private static readonly string[] Schemes = ["postgresql", "postgres"];

    private const int DefaultPort = 5432;

    /// <param name="password">Where the address has none.</param>
    /// <param name="schema">Null: the server's choice for the user.</param>
    /// <exception cref="FormatException">What is wrong with it, without a password that is in it.</exception>
    public static PostgresOptions ToOptions(string url, string? password, string? schema)
    {
        NpgsqlConnectionStringBuilder parts = Parse(url);
        parts.Password ??= password;
        if (schema is not null)
            parts.SearchPath = schema;
        return new PostgresOptions(parts.ConnectionString);
    }

    private static NpgsqlConnectionStringBuilder Parse(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? address) || !Schemes.Contains(address.Scheme) || address.Host.Length == 0)
            throw new FormatException("An address such as postgresql://user:password@host:5432/database is needed.");
        string database = Uri.UnescapeDataString(address.AbsolutePath.Trim('/'));
        if (database.Length == 0)
            throw new FormatException($"The address names no database: {address.Scheme}://.../penstock is one that does.");
        NpgsqlConnectionStringBuilder parts = new()
        {
            Host = Uri.UnescapeDataString(address.Host.Trim('[', ']')), Port = address.Port < 0 ? DefaultPort : address.Port, Database = database,
        };
        string[] user = address.UserInfo.Split(':', 2);
        if (user[0].Length > 0)
            parts.Username = Uri.UnescapeDataString(user[0]);
        if (user.Length > 1)
            parts.Password = Uri.UnescapeDataString(user[1]);
        foreach (string option in address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
            Apply(option.Split('=', 2), parts);
        return parts;
    }

    private static void Apply(string[] option, NpgsqlConnectionStringBuilder parts)
    {
        string value = option.Length > 1 ? Uri.UnescapeDataString(option[1]) : "";
        switch (option[0])
        {
            case "sslmode" when Enum.TryParse(value.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out SslMode mode) && Enum.IsDefined(mode):
                parts.SslMode = mode;
                break;
            case "sslmode":
                throw new FormatException($"sslmode is '{value}'; one of disable, allow, prefer, require, verify-ca, verify-full is needed.");
            case "sslrootcert" when value.Length > 0:
                parts.RootCertificate = value;
                break;
            case "connect_timeout" when int.TryParse(value, out int seconds) && seconds is > 0 and <= 1_024:
                parts.Timeout = seconds;
                break;
            case "connect_timeout":
                throw new FormatException($"connect_timeout is '{value}'; a whole number of seconds from 1 to 1024 is needed.");
            default:
                throw new FormatException($"The option '{option[0]}' is not known here; sslmode, sslrootcert and connect_timeout are.");
        }
    }
}
