module holystone.dev/api-lifecycle

go 1.26.0
