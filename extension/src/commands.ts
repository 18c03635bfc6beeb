/** What the workbench can be told to do: in the palette, by shortcuts, by other extensions. */
export const CommandIDs = {
  newExperience: 'workbench:new-experience',
  openExperience: 'workbench:open-experience',
  renameExperience: 'workbench:rename-experience',
  describeExperience: 'workbench:describe-experience',
  archiveExperience: 'workbench:archive-experience',
  unarchiveExperience: 'workbench:unarchive-experience',
  trashExperience: 'workbench:trash-experience',
  restoreExperience: 'workbench:restore-experience',
  showExperiences: 'workbench:show-experiences',
  showChat: 'workbench:show-chat',
  newConversation: 'workbench:new-conversation',
  renameConversation: 'workbench:rename-conversation',
  openModels: 'workbench:open-models',
  choosePersonality: 'workbench:choose-personality',
  openPersonalities: 'workbench:open-personalities',
  openPrompts: 'workbench:open-prompts',
  showAlerts: 'workbench:show-alerts',
  showBudgets: 'workbench:show-budgets',
  openDashboards: 'workbench:open-dashboards',
  showAgents: 'workbench:show-agents',
  openReport: 'workbench:open-report'
} as const;
