using Penstock.Sql;
using Penstock.Sqlite;
using Xunit;

namespace Penstock.Tests.Sqlite;

/// <summary>Values come back from the database as they went in.</summary>
public sealed class StoredValueTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0L)]
    [InlineData(621355968000000010L)]
    [InlineData(639000000001234560L)]
    [InlineData(3155378975999999990L)]
    public async Task An_instant_is_kept_to_the_microsecond_in_UTC(long ticks)
    {
        DateTimeOffset instant = new(ticks, TimeSpan.Zero);
        (string text, DateTimeOffset read) = await ReadAsync("select @v, @v", instant, row => (row.GetString(0), row.Instant(1)));
        Assert.Equal(instant.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ"), text);
        Assert.Equal(instant, read);
    }

    [Fact]
    public async Task An_instant_of_another_zone_is_kept_as_the_same_moment()
    {
        DateTimeOffset instant = new(2026, 3, 29, 3, 30, 0, TimeSpan.FromHours(2));
        Assert.Equal(instant, await ReadAsync("select @v", instant, row => row.Instant(0)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("naïve 蛋白 \U0001F9EC")]
    [InlineData("a\0b")]
    public async Task Text_comes_back_as_it_went_in(string text) =>
        Assert.Equal(text, await ReadAsync("select @v", text, row => row.GetString(0)));

    [Fact]
    public async Task Bytes_ids_numbers_and_null_come_back()
    {
        Guid id = Guid.Parse("0191f1d0-0000-7000-8000-00000000abcd");
        Assert.Equal(id, await ReadAsync("select @v", id, row => row.GetGuid(0)));
        Assert.Equal(id.ToString(), await ReadAsync("select @v", id, row => row.GetString(0)));
        Assert.Equal([1, 2, 0, 255], await ReadAsync("select @v", new byte[] { 1, 2, 0, 255 }, row => row.GetFieldValue<byte[]>(0)));
        Assert.Equal(long.MinValue, await ReadAsync("select @v", long.MinValue, row => row.GetInt64(0)));
        Assert.Equal(0.1, await ReadAsync("select @v", 0.1, row => row.GetDouble(0)));
        Assert.True(await ReadAsync<bool>("select @v", null, row => row.IsDBNull(0)));
    }

    [Fact]
    public async Task A_parameter_left_out_or_misspelled_is_an_error_and_not_a_null()
    {
        await using SqliteDatabase database = new(new SqliteOptions(":memory:"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => database.ReadAsync(
            (session, token) => session.Statement("select @a, @b").Bind("a", 1L).ScalarAsync<long>(token), Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => database.ReadAsync(
            (session, token) => session.Statement("select @a").Bind("c", 1L).ScalarAsync<long>(token), Cancel));
    }

    private static async Task<T> ReadAsync<T>(string sql, object? value, Func<System.Data.Common.DbDataReader, T> map)
    {
        await using SqliteDatabase database = new(new SqliteOptions(":memory:"));
        return (await database.ReadAsync(
            (session, token) => session.Statement(sql).Bind("v", value).QueryAsync(map, token), Cancel))[0];
    }
}
