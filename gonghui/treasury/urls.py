"""Paths of treasury (预算与资金的网址)."""

from __future__ import annotations

from django.urls import path

from gonghui.treasury.web.console import assets, bank, budgets, finals, payments, projects

app_name = "treasury"
HEAD = "console/treasury"
urlpatterns = [
    path(f"{HEAD}/budgets/", budgets.index, name="budgets"),
    path(f"{HEAD}/budgets/new/", budgets.new, name="budget_new"),
    path(f"{HEAD}/budgets/whole/", budgets.whole, name="consolidated"),
    path(f"{HEAD}/budgets/remind/", budgets.remind, name="budget_remind"),
    path(f"{HEAD}/budgets/<int:pk>/", budgets.detail, name="budget"),
    path(f"{HEAD}/budgets/<int:pk>/edit/", budgets.edit, name="budget_edit"),
    path(f"{HEAD}/budgets/<int:pk>/xlsx/", budgets.export, name="budget_export"),
    path(f"{HEAD}/budgets/<int:pk>/<str:verb>/", budgets.act, name="budget_act"),
    path(f"{HEAD}/finals/", finals.index, name="finals"),
    path(f"{HEAD}/finals/new/", finals.new, name="final_new"),
    path(f"{HEAD}/finals/<int:pk>/", finals.detail, name="final"),
    path(f"{HEAD}/finals/<int:pk>/xlsx/", finals.export, name="final_export"),
    path(f"{HEAD}/finals/<int:pk>/explain/", finals.explain, name="final_explain"),
    path(f"{HEAD}/finals/<int:pk>/<str:verb>/", finals.act, name="final_act"),
    path(f"{HEAD}/holds/<int:pk>/release/", budgets.hold_release, name="hold_release"),
    path(f"{HEAD}/payments/", payments.index, name="payments"),
    path(f"{HEAD}/payments/new/", payments.new, name="payment_new"),
    path(f"{HEAD}/payments/<int:pk>/", payments.detail, name="payment"),
    path(f"{HEAD}/payments/<int:pk>/edit/", payments.edit, name="payment_edit"),
    path(f"{HEAD}/payments/<int:pk>/<str:verb>/", payments.act, name="payment_act"),
    path(f"{HEAD}/batches/", payments.batch_index, name="batches"),
    path(f"{HEAD}/batches/new/", payments.batch_new, name="batch_new"),
    path(f"{HEAD}/batches/<int:pk>/", payments.batch, name="batch"),
    path(f"{HEAD}/batches/<int:pk>/pay/", payments.batch_pay, name="batch_pay"),
    path(f"{HEAD}/batches/<int:pk>/file/", payments.batch_file, name="batch_file"),
    path(f"{HEAD}/batches/<int:pk>/answer/", payments.answer, name="batch_answer"),
    path(f"{HEAD}/batches/<int:pk>/<str:verb>/", payments.batch_act, name="batch_act"),
    path(f"{HEAD}/lines/<int:pk>/settle/", payments.line_settle, name="line_settle"),
    path(f"{HEAD}/cashier/", payments.cashier, name="cashier"),
    path(f"{HEAD}/accounts/", bank.index, name="accounts"),
    path(f"{HEAD}/accounts/<int:pk>/", bank.detail, name="account"),
    path(f"{HEAD}/accounts/<int:pk>/<str:verb>/", bank.act, name="account_act"),
    path(f"{HEAD}/entries/<int:pk>/unmatch/", bank.unmatch, name="unmatch"),
    path(f"{HEAD}/reconciliations/<int:pk>/", bank.reconciliation, name="reconciliation"),
    path(f"{HEAD}/reconciliations/<int:pk>/check/", bank.reconciliation_check, name="reconciliation_check"),
    path(f"{HEAD}/assets/", assets.index, name="assets"),
    path(f"{HEAD}/assets/xlsx/", assets.export, name="assets_export"),
    path(f"{HEAD}/assets/new/", assets.new, name="asset_new"),
    path(f"{HEAD}/assets/clothing/", assets.clothing, name="clothing_new"),
    path(f"{HEAD}/assets/<int:pk>/", assets.detail, name="asset"),
    path(f"{HEAD}/assets/<int:pk>/<str:verb>/", assets.act, name="asset_act"),
    path(f"{HEAD}/stocktakes/", assets.stocktakes, name="stocktakes"),
    path(f"{HEAD}/stocktakes/new/", assets.stocktake_new, name="stocktake_new"),
    path(f"{HEAD}/stocktakes/<int:pk>/", assets.stocktake, name="stocktake"),
    path(f"{HEAD}/stocktakes/<int:pk>/<str:verb>/", assets.stocktake_act, name="stocktake_act"),
    path(f"{HEAD}/depreciation/", assets.depreciation, name="depreciation"),
    path(f"{HEAD}/projects/", projects.index, name="projects"),
    path(f"{HEAD}/projects/new/", projects.new, name="project_new"),
    path(f"{HEAD}/projects/<int:pk>/", projects.detail, name="project"),
    path(f"{HEAD}/projects/<int:pk>/<str:verb>/", projects.act, name="project_act"),
    path(f"{HEAD}/sources/<int:pk>/arrived/", projects.arrived, name="source_arrived"),
    path(f"{HEAD}/purchases/<int:pk>/accepted/", projects.accepted, name="purchase_accepted"),
]
