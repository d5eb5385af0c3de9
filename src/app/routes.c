/* The chapters of the API, in the order of the documentation. */
#include "app.h"

const struct api_room app_rooms[] = {
    {"Orders", "What customers bought: reading, explaining and changing orders.", order_routes},
    {"Intake", "Orders come in, one or many at a time.", intake_routes},
    {"Review", "Holds and the rules that add them.", review_routes},
    {"Payments", "Authorizations, captures, voids and refunds; entries never change.", payment_routes},
    {"Fulfillment", "The work of locations: pick, pack, ship; parcels and their tracking; cancelling.",
     fulfillment_routes},
    {"Stock", "Stock, its ledger, adjustments and counts.", inventory_routes},
    {"Locations", "Places that hold or make things.", location_routes},
    {"Catalog", "Products, units and tax rates.", catalog_routes},
    {"Customers", "People and companies who buy.", customer_routes},
    {"Channels", "Where orders come from, and their policies.", channel_routes},
    {"Carriers", "Services, zones, rate tables, tracking numbers.", carrier_routes},
    {"Events", "The append-only log as a feed and as a stream.", event_routes},
    {"Settings", "What a company sets for itself.", setting_routes},
    {"Setup", "A company's first minute.", setup_routes},
    {"Privacy", "Personal data for those to whom it is masked.", privacy_routes},
    {"Views", "What people keep for their screens.", view_routes},
    {"Identity", "Users, sessions, API keys and permissions.", identity_routes},
    {"System", "Health, metrics, this document.", system_routes},
    {"Pages", "Documentation for people.", docs_routes},
    {"Console", "The screens.", web_routes},
    {0},
};
