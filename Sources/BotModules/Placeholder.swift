enum BotModulesPlaceholder {}
